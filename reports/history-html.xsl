<?xml version="1.0" encoding="UTF-8"?>
<!-- A history as one self-contained page, without a script: charts, the table of runs that they are drawn from, and what changed at each
     step, the last one first. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="compare-common.xsl"/>
  <xsl:include href="compare-html-common.xsl"/>
  <xsl:include href="history-chart.xsl"/>

  <xsl:template match="/comparison">
    <xsl:if test="not($t)">
      <xsl:message terminate="yes"><xsl:value-of select="concat('compare-texts/', $language, '.xml is missing')"/></xsl:message>
    </xsl:if>
    <html lang="{$t/@language}">
      <xsl:call-template name="head"><xsl:with-param name="title" select="concat($tested, ' · ', $t/history)"/></xsl:call-template>
      <body>
        <a class="skip" href="#runs"><xsl:value-of select="$t/skip"/></a>
        <header>
          <p class="kind"><xsl:value-of select="$t/history"/></p>
          <h1><xsl:value-of select="$tested"/></h1>
          <p class="figures">
            <xsl:choose>
              <xsl:when test="count($runs) = 1"><xsl:value-of select="substring($runs/@started, 1, 10)"/></xsl:when>
              <xsl:otherwise><xsl:value-of select="concat(count($runs), ' ', $t/runs-many, ', ', substring($runs[1]/@started, 1, 10), ' – ', substring($runs[last()]/@started, 1, 10))"/></xsl:otherwise>
            </xsl:choose>
          </p>
          <nav aria-label="{$t/contents}">
            <a href="#trend"><xsl:value-of select="$t/trend"/></a>
            <a href="#runs"><xsl:value-of select="$t/runs"/></a>
            <xsl:if test="step"><a href="#changes"><xsl:value-of select="$t/changes"/></a></xsl:if>
            <a href="#verdicts"><xsl:value-of select="$t/verdicts"/></a>
          </nav>
        </header>
        <main>
          <section id="trend" aria-labelledby="h-trend">
            <h2 id="h-trend"><xsl:value-of select="$t/trend"/></h2>
            <xsl:call-template name="charts"/>
          </section>
          <xsl:call-template name="runs"/>
          <xsl:if test="step">
            <section id="changes" aria-labelledby="h-changes">
              <h2 id="h-changes"><xsl:value-of select="$t/changes"/></h2>
              <xsl:for-each select="step">
                <xsl:sort select="@after" data-type="number" order="descending"/>
                <xsl:variable name="run" select="$runs[@number = current()/@after]"/>
                <section class="step" id="step-{@after}" aria-labelledby="h-step-{@after}">
                  <h3 id="h-step-{@after}">
                    <time datetime="{$run/@started}"><xsl:call-template name="date"><xsl:with-param name="stamp" select="$run/@started"/></xsl:call-template></time>
                    <xsl:if test="$run/@product != '' and $run/@product != $runs[@number = current()/@before]/@product"><xsl:value-of select="concat(' · ', $run/@product)"/></xsl:if>
                  </h3>
                  <xsl:call-template name="changes"/>
                </section>
              </xsl:for-each>
            </section>
          </xsl:if>
        </main>
        <xsl:call-template name="legend"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="runs">
    <section id="runs" aria-labelledby="h-runs">
      <h2 id="h-runs"><xsl:value-of select="$t/runs"/></h2>
      <div class="scroll" role="group" aria-labelledby="h-runs" tabindex="0">
        <table class="systems">
          <caption><xsl:value-of select="$t/runs-caption"/></caption>
          <thead><tr><th scope="col"><xsl:value-of select="$t/begun"/></th><xsl:call-template name="verdict-heads"/></tr></thead>
          <tbody>
            <xsl:for-each select="$runs">
              <tr>
                <th scope="row">
                  <xsl:choose>
                    <xsl:when test="@number &gt; 1"><a href="#step-{@number}"><xsl:call-template name="date"/></a></xsl:when>
                    <xsl:otherwise><xsl:call-template name="date"/></xsl:otherwise>
                  </xsl:choose>
                  <span class="small"><xsl:call-template name="setting"/></span>
                </th>
                <xsl:call-template name="counts"/>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>
</xsl:stylesheet>

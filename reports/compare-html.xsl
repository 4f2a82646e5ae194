<?xml version="1.0" encoding="UTF-8"?>
<!-- A comparison as one self-contained page, without a script. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="compare-common.xsl"/>
  <xsl:include href="compare-html-common.xsl"/>

  <xsl:template match="/comparison">
    <xsl:if test="not($t)">
      <xsl:message terminate="yes"><xsl:value-of select="concat('compare-texts/', $language, '.xml is missing')"/></xsl:message>
    </xsl:if>
    <html lang="{$t/@language}">
      <xsl:call-template name="head">
        <xsl:with-param name="title">
          <xsl:for-each select="$runs"><xsl:value-of select="concat(@label, ' · ')"/></xsl:for-each>
          <xsl:value-of select="$t/comparison"/>
        </xsl:with-param>
      </xsl:call-template>
      <body>
        <a class="skip" href="#matrix"><xsl:value-of select="$t/skip"/></a>
        <header>
          <p class="kind"><xsl:value-of select="$t/comparison"/></p>
          <h1>
            <xsl:for-each select="$runs">
              <xsl:value-of select="@label"/>
              <xsl:if test="position() != last()"><span class="and"><xsl:text> · </xsl:text></span></xsl:if>
            </xsl:for-each>
          </h1>
          <p class="figures"><xsl:call-template name="figures"/></p>
          <nav aria-label="{$t/contents}">
            <a href="#systems"><xsl:value-of select="$t/systems"/></a>
            <xsl:if test="step"><a href="#changes"><xsl:value-of select="$t/changes"/></a></xsl:if>
            <a href="#suites"><xsl:value-of select="$t/suites"/></a>
            <a href="#matrix"><xsl:value-of select="$t/matrix"/></a>
            <a href="#verdicts"><xsl:value-of select="$t/verdicts"/></a>
          </nav>
        </header>
        <main>
          <xsl:call-template name="systems"/>
          <xsl:for-each select="step">
            <section id="changes" aria-labelledby="h-changes">
              <h2 id="h-changes"><xsl:value-of select="$t/changes"/></h2>
              <p class="small"><xsl:value-of select="concat($t/changes-about, ' ', $runs[1]/@label, ' → ', $runs[2]/@label)"/></p>
              <xsl:call-template name="changes"/>
            </section>
          </xsl:for-each>
          <xsl:call-template name="suites"/>
          <xsl:call-template name="matrix"/>
        </main>
        <xsl:call-template name="legend"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="systems">
    <section id="systems" aria-labelledby="h-systems">
      <h2 id="h-systems"><xsl:value-of select="$t/systems"/></h2>
      <div class="scroll" role="group" aria-labelledby="h-systems" tabindex="0">
        <table class="systems">
          <caption><xsl:value-of select="$t/systems-caption"/></caption>
          <thead><tr><th scope="col"><xsl:value-of select="$t/system"/></th><xsl:call-template name="verdict-heads"/></tr></thead>
          <tbody>
            <xsl:for-each select="$runs">
              <tr>
                <th scope="row"><xsl:value-of select="@label"/><span class="small"><xsl:call-template name="circumstances"/></span></th>
                <xsl:call-template name="counts"/>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="suites">
    <section id="suites" aria-labelledby="h-suites">
      <h2 id="h-suites"><xsl:value-of select="$t/suites"/></h2>
      <div class="scroll" role="group" aria-labelledby="h-suites" tabindex="0">
        <table class="suites">
          <caption><xsl:value-of select="$t/suites-caption"/></caption>
          <thead><tr><th scope="col"><xsl:value-of select="$t/suite"/></th><xsl:call-template name="labels"/><th scope="col"><xsl:value-of select="$t/disagree"/></th></tr></thead>
          <tbody>
            <xsl:for-each select="suite">
              <tr>
                <th scope="row">
                  <xsl:choose>
                    <xsl:when test="check"><a href="#suite-{@name}"><xsl:value-of select="@name"/></a></xsl:when>
                    <xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise>
                  </xsl:choose>
                </th>
                <xsl:for-each select="totals"><xsl:call-template name="passed-of"/></xsl:for-each>
                <td>
                  <xsl:attribute name="class"><xsl:choose><xsl:when test="@different = 0">zero</xsl:when><xsl:otherwise>v-weak</xsl:otherwise></xsl:choose></xsl:attribute>
                  <xsl:value-of select="@different"/>
                </td>
              </tr>
            </xsl:for-each>
          </tbody>
          <tfoot>
            <tr>
              <th scope="row"><xsl:value-of select="$t/total"/></th>
              <xsl:for-each select="$runs"><xsl:call-template name="passed-of"/></xsl:for-each>
              <td><xsl:value-of select="@differing"/></td>
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="labels">
    <xsl:for-each select="$runs"><th scope="col"><xsl:value-of select="@label"/></th></xsl:for-each>
  </xsl:template>

  <xsl:template name="passed-of">
    <xsl:variable name="played"><xsl:call-template name="played"/></xsl:variable>
    <td>
      <xsl:choose>
        <xsl:when test="$played = 0"><xsl:attribute name="class">zero</xsl:attribute>–</xsl:when>
        <xsl:otherwise><xsl:call-template name="passed"/><xsl:value-of select="concat(' ', $t/of, ' ', $played)"/></xsl:otherwise>
      </xsl:choose>
    </td>
  </xsl:template>

  <xsl:template name="matrix">
    <section id="matrix" aria-labelledby="h-matrix">
      <h2 id="h-matrix"><xsl:value-of select="$t/matrix"/></h2>
      <xsl:choose>
        <xsl:when test="@only-different = 'true' and @differing = 0"><p><xsl:value-of select="$t/nothing-differs"/></p></xsl:when>
        <xsl:when test="@only-different = 'true'"><p class="small"><xsl:value-of select="$t/only-note"/></p></xsl:when>
        <xsl:otherwise><label class="toggle"><input type="checkbox"/><xsl:value-of select="$t/only"/></label></xsl:otherwise>
      </xsl:choose>
      <xsl:apply-templates select="suite[check]"/>
    </section>
  </xsl:template>

  <xsl:template match="suite">
    <details id="suite-{@name}">
      <xsl:attribute name="class">matrix<xsl:if test="@different = 0"> agrees</xsl:if></xsl:attribute>
      <xsl:if test="@different &gt; 0"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
      <summary>
        <xsl:value-of select="@name"/>
        <span class="small"><xsl:call-template name="counted"><xsl:with-param name="count" select="@checks"/><xsl:with-param name="name" select="'checks'"/></xsl:call-template>
          <xsl:text>, </xsl:text>
          <xsl:call-template name="counted"><xsl:with-param name="count" select="@different"/><xsl:with-param name="name" select="'differ'"/></xsl:call-template></span>
      </summary>
      <div class="scroll" role="group" aria-label="{@name}" tabindex="0">
        <table>
          <caption><xsl:value-of select="concat($t/matrix-caption, ' ', @name)"/></caption>
          <thead><tr><th scope="col"><xsl:value-of select="$t/check"/></th><xsl:call-template name="labels"/></tr></thead>
          <tbody><xsl:apply-templates select="check"/></tbody>
        </table>
      </div>
    </details>
  </xsl:template>

  <xsl:template match="check">
    <tr>
      <xsl:attribute name="class"><xsl:choose><xsl:when test="@different = 'true'">differs</xsl:when><xsl:otherwise>agrees</xsl:otherwise></xsl:choose></xsl:attribute>
      <th scope="row"><code title="{@title}"><xsl:call-template name="language"/><xsl:value-of select="@slug"/></code><xsl:if test="@different = 'true'"><span class="tells">≠ <xsl:value-of select="$t/disagree"/></span></xsl:if></th>
      <xsl:for-each select="cell"><td title="{normalize-space(.)}"><xsl:call-template name="badge-of-message"/></td></xsl:for-each>
    </tr>
  </xsl:template>
</xsl:stylesheet>

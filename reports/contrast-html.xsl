<?xml version="1.0" encoding="UTF-8"?>
<!-- A comparison of latency measurements as one page without a script: what is worse, each workload at a glance, then each figure with its
     interval, and the plots (files beside it). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:import href="measured-html-common.xsl"/>
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="html-style.xsl"/>
  <xsl:include href="contrast-html-figures.xsl"/>
  <xsl:param name="language" select="'en'"/>
  <xsl:variable name="t" select="document(concat('contrast-texts/', $language, '.xml'))/texts"/>
  <xsl:variable name="systems" select="/comparison/systems/item"/>

  <xsl:template match="/comparison">
    <html lang="{$language}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="referrer" content="no-referrer"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
        <title><xsl:call-template name="names"/><xsl:value-of select="concat(' · ', $t/kind)"/></title>
        <style><xsl:call-template name="style"/><xsl:call-template name="latency-style"/><xsl:call-template name="contrast-style"/></style>
      </head>
      <body>
        <a class="skip" href="#result"><xsl:value-of select="$t/skip"/></a>
        <header>
          <p class="kind"><xsl:value-of select="$t/kind"/></p>
          <h1><xsl:call-template name="names"/></h1>
          <dl class="facts">
            <xsl:for-each select="$systems[1]">
              <dt><xsl:value-of select="$t/transport"/></dt><dd>
                <xsl:choose>
                  <xsl:when test="@tls = 'no' and @transport = 'starttls'"><xsl:value-of select="concat('tcp, ', $t/without-tls)"/></xsl:when>
                  <xsl:when test="@tls = 'no'"><xsl:value-of select="concat(@transport, ', ', $t/without-tls)"/></xsl:when>
                  <xsl:otherwise><xsl:value-of select="@transport"/></xsl:otherwise>
                </xsl:choose>
              </dd>
              <dt><xsl:value-of select="$t/loop"/></dt><dd><xsl:value-of select="@loop"/></dd>
              <dt><xsl:value-of select="$t/arrivals"/></dt><dd><xsl:value-of select="@arrivals"/></dd>
              <dt><xsl:value-of select="$t/rate"/></dt><dd><xsl:value-of select="@rate"/></dd>
            </xsl:for-each>
          </dl>
          <nav aria-label="{$t/contents}">
            <xsl:for-each select="workloads/item"><a href="#{@name}"><xsl:apply-templates select="title"/></a></xsl:for-each>
            <a href="#method"><xsl:value-of select="$t/method"/></a>
          </nav>
        </header>
        <main>
          <xsl:call-template name="settings"/>
          <section id="result" aria-labelledby="h-result">
            <h2 id="h-result"><xsl:value-of select="$t/result"/></h2>
            <xsl:call-template name="result"/>
          </section>
          <section aria-labelledby="h-summary">
            <h2 id="h-summary"><xsl:value-of select="$t/summary"/></h2>
            <xsl:call-template name="summary"/>
            <xsl:for-each select="plot/@overview">
              <figure class="plot">
                <figcaption><xsl:value-of select="$t/plot-overview"/>.</figcaption>
                <img src="{.}" alt="{$t/plot-overview}: {$t/plot-about}"/>
              </figure>
            </xsl:for-each>
          </section>
          <section aria-labelledby="h-systems">
            <h2 id="h-systems"><xsl:value-of select="$t/systems"/></h2>
            <xsl:call-template name="systems"/>
          </section>
          <section aria-labelledby="h-figures">
            <h2 id="h-figures"><xsl:value-of select="$t/figures"/></h2>
            <xsl:for-each select="workloads/item"><xsl:call-template name="workload"/></xsl:for-each>
          </section>
          <section aria-labelledby="h-harness">
            <h2 id="h-harness"><xsl:value-of select="$t/harness"/></h2>
            <p><xsl:value-of select="$t/harness-about"/></p>
            <xsl:for-each select="echo"><xsl:call-template name="workload"/></xsl:for-each>
          </section>
          <section id="method" aria-labelledby="h-method">
            <h2 id="h-method"><xsl:value-of select="$t/method"/></h2>
            <p class="definition"><xsl:value-of select="$t/method-interval"/></p>
            <p class="definition"><xsl:value-of select="$t/method-ratio"/></p>
            <p class="definition"><xsl:value-of select="$t/method-limits"/></p>
          </section>
        </main>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="names">
    <xsl:for-each select="$systems">
      <xsl:if test="position() &gt; 1"><xsl:choose><xsl:when test="position() = last()"><xsl:value-of select="concat(' ', $t/and, ' ')"/></xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose></xsl:if>
      <xsl:value-of select="@label"/>
    </xsl:for-each>
  </xsl:template>

  <!-- What differs in how they were measured; grave is what makes figures that cannot be compared. -->
  <xsl:template name="settings">
    <xsl:if test="settings/item">
      <section class="{substring('banner', 1, 6 * (count(settings/item[@grave = 'yes']) &gt; 0))}" aria-labelledby="h-settings">
        <h2 id="h-settings"><xsl:value-of select="$t/settings"/></h2>
        <xsl:if test="settings/item[@grave = 'yes']"><p><strong><xsl:value-of select="$t/cannot"/></strong></p></xsl:if>
        <ul class="points">
          <xsl:for-each select="settings/item">
            <xsl:variable name="word" select="$t/*[name() = concat('s-', current()/@name)]"/>
            <li>
              <xsl:value-of select="concat($systems[@number = current()/@system]/@label, ': ')"/>
              <xsl:if test="@workload != ''"><code><xsl:value-of select="@workload"/></code><xsl:text> </xsl:text></xsl:if>
              <xsl:choose><xsl:when test="$word"><xsl:value-of select="$word"/></xsl:when><xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise></xsl:choose>
              <xsl:text> </xsl:text><q><xsl:call-template name="setting"><xsl:with-param name="value" select="@other"/></xsl:call-template></q>
              <xsl:value-of select="concat(' ', $t/instead-of, ' ')"/><q><xsl:call-template name="setting"><xsl:with-param name="value" select="@base"/></xsl:call-template></q>
            </li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="setting">
    <xsl:param name="value"/>
    <xsl:choose><xsl:when test="$value = ''"><xsl:value-of select="$t/not-told"/></xsl:when><xsl:otherwise><xsl:value-of select="$value"/></xsl:otherwise></xsl:choose>
  </xsl:template>

  <xsl:template name="result">
    <xsl:choose>
      <xsl:when test="regressions/item">
        <p class="v-fail"><strong class="worse"><xsl:value-of select="$t/regressions"/></strong></p>
        <ul class="points"><xsl:for-each select="regressions/item"><xsl:call-template name="regression"/></xsl:for-each></ul>
      </xsl:when>
      <xsl:when test="@gated &gt; 0"><p class="v-pass"><strong class="worse"><xsl:value-of select="$t/no-regressions"/></strong></p></xsl:when>
      <xsl:otherwise><p><xsl:value-of select="$t/no-faults"/></p></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@gated &gt; 0"><p class="small"><xsl:value-of select="concat($t/gate-1, @bound, $t/gate-2, @gated, '.')"/></p></xsl:if>
    <p class="small">
      <xsl:value-of select="concat($t/order, ': ')"/>
      <xsl:for-each select="order/item">
        <xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="$systems[@number = current()/@system]/@label"/>
      </xsl:for-each>
    </p>
  </xsl:template>

  <xsl:template name="regression">
    <xsl:variable name="w" select="/comparison/workloads/item[@name = current()/@workload]"/>
    <li>
      <xsl:value-of select="concat($systems[@number = current()/@system]/@label, ': ')"/>
      <a href="#{@workload}"><xsl:apply-templates select="$w/title"/></a>
      <xsl:choose>
        <xsl:when test="@kind = 'slower'">
          <xsl:value-of select="', '"/><code><xsl:value-of select="@series"/></code>
          <xsl:value-of select="concat(', ', $t/percentile, ' ', translate(@percentile, '.', $t/point), ': ')"/>
          <xsl:call-template name="number"><xsl:with-param name="of" select="@ratio"/></xsl:call-template>
          <xsl:value-of select="concat(' ', $t/times, ' ')"/>
          <xsl:call-template name="number"><xsl:with-param name="of" select="@at_least"/></xsl:call-template>
        </xsl:when>
        <xsl:when test="@kind = 'fault'">
          <xsl:value-of select="concat(': ', @count, ' ', $t/of, ' ', @sent, ' ', $t/*[name() = current()/@fault], ' (', $t/before, ': ', @base_count, ' ', $t/of, ' ', @base_sent, ')')"/>
        </xsl:when>
        <xsl:otherwise><xsl:value-of select="concat(': ', $t/failed, ': ')"/><q lang="en"><xsl:value-of select="@reason"/></q></xsl:otherwise>
      </xsl:choose>
    </li>
  </xsl:template>

  <xsl:template name="systems">
    <div class="scroll" role="group" aria-labelledby="h-systems" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col"><xsl:value-of select="$t/system"/></th><th scope="col" class="text"><xsl:value-of select="$t/product"/></th>
            <th scope="col" class="text"><xsl:value-of select="$t/started"/></th><th scope="col"><xsl:value-of select="$t/repetitions"/></th>
            <th scope="col" class="text"><xsl:value-of select="$t/version"/></th><th scope="col" class="text"><xsl:value-of select="$t/machine"/></th>
          </tr>
        </thead>
        <tbody>
          <xsl:for-each select="$systems">
            <tr>
              <th scope="row"><xsl:value-of select="@label"/><xsl:if test="position() = 1"><span class="small"><xsl:value-of select="concat(' ', $t/base)"/></span></xsl:if></th>
              <td class="text"><xsl:value-of select="target/@product"/></td><td class="text"><xsl:value-of select="@started"/></td><td><xsl:value-of select="@repetitions"/></td>
              <td class="text"><xsl:value-of select="@version"/></td><td class="text"><xsl:value-of select="@machine"/></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="contrast-style"><![CDATA[
table.latency td .small, table.latency th[scope=rowgroup] .small { display: block; font-weight: 400; }
table.latency td.text { text-align: left; }
table.latency tbody tr.first { border-top: 2px solid var(--line); }
th[scope=colgroup] { text-align: center; }
.worse { color: var(--c); font-size: 1.15rem; }
.plot { margin-top: 1rem; } .plot figcaption { font-weight: 600; }
]]></xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- A latency measurement as one page without a script: each figure under its definition, with its plots (files beside it). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="html-style.xsl"/>
  <xsl:include href="measured-html-common.xsl"/>
  <xsl:param name="language" select="'en'"/>
  <xsl:variable name="t" select="document(concat('latency-texts/', $language, '.xml'))/texts"/>

  <xsl:template match="/latency">
    <html lang="{$language}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="referrer" content="no-referrer"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
        <title><xsl:value-of select="concat(target/@name, ' · ', $t/kind)"/></title>
        <style><xsl:call-template name="style"/><xsl:call-template name="latency-style"/></style>
      </head>
      <body>
        <a class="skip" href="#figures"><xsl:value-of select="$t/skip"/></a>
        <header>
          <p class="kind"><xsl:value-of select="$t/kind"/></p>
          <h1><xsl:value-of select="target/@name"/></h1>
          <dl class="facts">
            <xsl:if test="target/@product != ''"><dt>Server</dt><dd><xsl:value-of select="target/@product"/></dd></xsl:if>
            <dt><xsl:value-of select="$t/started"/></dt><dd><xsl:value-of select="@started"/></dd>
            <dt><xsl:value-of select="$t/transport"/></dt><dd>
              <xsl:choose>
                <xsl:when test="@tls = 'no' and @transport = 'starttls'"><xsl:value-of select="concat('tcp, ', $t/without-tls)"/></xsl:when>
                <xsl:when test="@tls = 'no'"><xsl:value-of select="concat(@transport, ', ', $t/without-tls)"/></xsl:when>
                <xsl:otherwise><xsl:value-of select="@transport"/></xsl:otherwise>
              </xsl:choose>
            </dd>
            <dt><xsl:value-of select="$t/loop"/></dt><dd><xsl:value-of select="$t/*[name() = current()/@loop]"/></dd>
            <dt><xsl:value-of select="$t/arrivals"/></dt><dd><xsl:value-of select="$t/*[name() = current()/@arrivals]"/></dd>
            <dt><xsl:value-of select="$t/repetitions"/></dt><dd><xsl:value-of select="@repetitions"/></dd>
          </dl>
          <nav aria-label="{$t/contents}">
            <xsl:for-each select="workloads/item"><a href="#{@name}"><xsl:apply-templates select="title"/></a></xsl:for-each>
            <a href="#echo"><xsl:value-of select="$t/harness"/></a>
          </nav>
        </header>
        <main>
          <section id="figures" aria-labelledby="h-figures">
            <h2 id="h-figures"><xsl:value-of select="$t/figures"/></h2>
            <xsl:for-each select="workloads/item"><xsl:call-template name="workload"/></xsl:for-each>
          </section>
          <section aria-labelledby="h-harness">
            <h2 id="h-harness"><xsl:value-of select="$t/harness"/></h2>
            <p><xsl:value-of select="$t/harness-about"/></p>
            <xsl:for-each select="echo"><xsl:call-template name="workload"/></xsl:for-each>
          </section>
          <section aria-labelledby="h-percentiles">
            <h2 id="h-percentiles"><xsl:value-of select="$t/percentiles"/></h2>
            <p><xsl:value-of select="$t/percentiles-about"/></p>
          </section>
        </main>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="workload">
    <section class="workload" id="{@name}" aria-labelledby="h-{@name}">
      <h3 id="h-{@name}"><xsl:apply-templates select="title"/></h3>
      <p class="definition"><xsl:apply-templates select="about"/></p>
      <xsl:if test="@state != 'measured'">
        <p class="v-fail"><strong><xsl:value-of select="$t/*[name() = current()/@state]"/>: </strong><xsl:value-of select="@reason"/></p>
      </xsl:if>
      <xsl:if test="series/item">
        <p class="small"><xsl:value-of select="concat($t/rate, ': ', @rate, ' ', $t/a-second, ' · ', @sent, ' ', $t/requests)"/></p>
        <div class="scroll" role="group" aria-labelledby="h-{@name}" tabindex="0">
          <table class="latency">
            <caption><xsl:value-of select="$t/caption"/></caption>
            <thead>
              <tr>
                <th scope="col"><xsl:value-of select="$t/what"/></th><th scope="col"><xsl:value-of select="$t/count"/></th>
                <th scope="col">50</th><th scope="col">90</th><th scope="col">99</th><th scope="col"><xsl:value-of select="concat('99', $t/point, '9')"/></th>
                <th scope="col"><xsl:value-of select="$t/greatest"/></th>
                <xsl:if test="count(series/item[1]/repetitions/item) &gt; 1"><th scope="col"><xsl:value-of select="$t/spread"/></th></xsl:if>
              </tr>
            </thead>
            <tbody><xsl:for-each select="series/item[position() = 1 or @count != 0]"><xsl:call-template name="series"/></xsl:for-each></tbody>
          </table>
        </div>
        <xsl:call-template name="faults"/>
        <xsl:for-each select="warnings/item"><p class="v-weak"><strong><xsl:value-of select="$t/*[name() = current()]"/></strong></p></xsl:for-each>
        <p class="small">
          <xsl:value-of select="concat($t/lag, ': ')"/>
          <xsl:for-each select="lag/@*"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:call-template name="ms"><xsl:with-param name="ns" select="."/></xsl:call-template></xsl:for-each>
          <xsl:if test="read_lag">
            <xsl:value-of select="concat(' ms · ', $t/read-lag, ': ')"/>
            <xsl:for-each select="read_lag/@*"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:call-template name="ms"><xsl:with-param name="ns" select="."/></xsl:call-template></xsl:for-each>
          </xsl:if>
          <xsl:value-of select="concat(' ms · ', $t/processor, ': ', format-number(100 * @processor_share, '0'), ' % ', $t/of-a-core)"/>
        </p>
        <xsl:for-each select="plot/@*">
          <figure class="plot">
            <figcaption><xsl:value-of select="$t/*[name() = concat('plot-', name(current()))]"/>. <xsl:apply-templates select="../../about"/></figcaption>
            <img src="{.}" alt="{$t/*[name() = concat('plot-', name(current()))]}: {$t/plot-about}" loading="lazy" width="760" height="420"/>
          </figure>
        </xsl:for-each>
        <p class="small"><xsl:value-of select="$t/raw"/>: <a href="raw/{@name}.requests.csv"><xsl:value-of select="concat(@name, '.requests.csv')"/></a>
          <xsl:variable name="name" select="@name"/>
          <xsl:for-each select="series/item">
            <xsl:text> · </xsl:text><a href="raw/{$name}-{@name}.hgrm"><xsl:value-of select="concat(@name, '.hgrm')"/></a>
            <xsl:text> · </xsl:text><a href="raw/{$name}-{@name}.histogram.csv"><xsl:value-of select="concat(@name, '.histogram.csv')"/></a>
            <xsl:text> · </xsl:text><a href="raw/{$name}-{@name}.intervals.csv"><xsl:value-of select="concat(@name, '.intervals.csv')"/></a>
          </xsl:for-each>
        </p>
      </xsl:if>
    </section>
  </xsl:template>

  <xsl:template name="series">
    <tr>
      <th scope="row"><code><xsl:value-of select="@name"/></code><span class="small"><xsl:apply-templates select="about"/></span></th>
      <td><xsl:value-of select="@count"/></td>
      <xsl:for-each select="percentiles/@p50 | percentiles/@p90 | percentiles/@p99 | percentiles/@*[name() = 'p99.9'] | percentiles/@greatest">
        <td><xsl:call-template name="ms"><xsl:with-param name="ns" select="."/></xsl:call-template></td>
      </xsl:for-each>
      <xsl:if test="count(repetitions/item) &gt; 1">
        <td>
          <xsl:for-each select="repetitions/item"><xsl:sort select="@p99" data-type="number"/><xsl:if test="position() = 1"><xsl:call-template name="ms"><xsl:with-param name="ns" select="@p99"/></xsl:call-template></xsl:if></xsl:for-each>
          <xsl:value-of select="concat(' ', $t/to, ' ')"/>
          <xsl:for-each select="repetitions/item"><xsl:sort select="@p99" data-type="number"/><xsl:if test="position() = last()"><xsl:call-template name="ms"><xsl:with-param name="ns" select="@p99"/></xsl:call-template></xsl:if></xsl:for-each>
        </td>
      </xsl:if>
    </tr>
  </xsl:template>

</xsl:stylesheet>

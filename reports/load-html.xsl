<?xml version="1.0" encoding="UTF-8"?>
<!-- A load as one page without a script: the knee, each stage under its definition, connections, with plots (files beside it). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="html-style.xsl"/>
  <xsl:include href="measured-html-common.xsl"/>
  <xsl:param name="language" select="'en'"/>
  <xsl:variable name="t" select="document(concat('load-texts/', $language, '.xml'))/texts"/>

  <xsl:template match="/load">
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
        <a class="skip" href="#knee"><xsl:value-of select="$t/skip"/></a>
        <header>
          <p class="kind"><xsl:value-of select="$t/kind"/></p>
          <h1><xsl:value-of select="target/@name"/></h1>
          <dl class="facts">
            <xsl:if test="target/@product != ''"><dt>Server</dt><dd><xsl:value-of select="target/@product"/></dd></xsl:if>
            <dt><xsl:value-of select="$t/profile"/></dt><dd><xsl:apply-templates select="profile/title"/></dd>
            <dt><xsl:value-of select="$t/connections"/></dt><dd><xsl:value-of select="concat(connections/@asked, ' ', $t/of-accounts, ' ', connections/@accounts, ' ', $t/accounts)"/></dd>
            <dt><xsl:value-of select="$t/started"/></dt><dd><xsl:value-of select="@started"/></dd>
            <dt><xsl:value-of select="$t/transport"/></dt><dd><xsl:value-of select="@transport"/></dd>
            <dt><xsl:value-of select="$t/arrivals"/></dt><dd><xsl:value-of select="$t/*[name() = current()/@arrivals]"/></dd>
          </dl>
        </header>
        <main>
          <section id="knee" aria-labelledby="h-knee">
            <h2 id="h-knee"><xsl:value-of select="$t/*[name() = concat('knee', substring('-fixed', 1, 6 * (current()/@fixed = 'yes')))]"/></h2>
            <p class="definition"><xsl:apply-templates select="profile/about"/></p>
            <xsl:if test="@state != 'measured' or @reason">
              <p class="v-fail"><strong><xsl:value-of select="$t/*[name() = concat('state-', current()/@state)]"/> </strong><xsl:value-of select="@reason"/></p>
            </xsl:if>
            <xsl:for-each select="knee"><p class="knee"><xsl:call-template name="knee"/></p></xsl:for-each>
            <p class="small"><xsl:value-of select="concat($t/kept-1, ' ')"/><xsl:call-template name="ms"><xsl:with-param name="ns" select="@bound_ns"/></xsl:call-template><xsl:value-of select="concat(' ms', $t/kept-2)"/></p>
            <xsl:if test="stages/item"><xsl:call-template name="stages"/></xsl:if>
            <xsl:for-each select="plot/@throughput | plot/@seconds | plot/@distribution"><xsl:call-template name="plot"/></xsl:for-each>
          </section>
          <section aria-labelledby="h-connecting">
            <h2 id="h-connecting"><xsl:value-of select="$t/connecting"/></h2>
            <xsl:for-each select="connecting"><xsl:call-template name="connecting"/></xsl:for-each>
            <xsl:for-each select="holding"><xsl:call-template name="holding"/></xsl:for-each>
            <xsl:for-each select="plot/@connecting"><xsl:call-template name="plot"/></xsl:for-each>
          </section>
          <section aria-labelledby="h-processes">
            <h2 id="h-processes"><xsl:value-of select="$t/processes"/></h2>
            <p><xsl:value-of select="$t/processes-about"/></p>
            <div class="scroll" role="group" aria-labelledby="h-processes" tabindex="0">
              <table class="latency">
                <thead><tr><th scope="col"><xsl:value-of select="$t/process"/></th><th scope="col"><xsl:value-of select="$t/connections"/></th><th scope="col"><xsl:value-of select="$t/processor-time"/></th><th scope="col"><xsl:value-of select="$t/memory"/></th></tr></thead>
                <tbody>
                  <xsl:for-each select="ranks/item">
                    <tr><th scope="row"><xsl:value-of select="concat(position() - 1, ' · ', @host)"/></th><td><xsl:value-of select="@connections"/></td>
                      <td><xsl:call-template name="number"><xsl:with-param name="value" select="@processor_ns div 1000000000"/></xsl:call-template> s</td>
                      <td><xsl:value-of select="concat(round(@memory_bytes div 1048576), ' MB')"/></td></tr>
                  </xsl:for-each>
                </tbody>
              </table>
            </div>
          </section>
          <section aria-labelledby="h-raw">
            <h2 id="h-raw"><xsl:value-of select="$t/raw"/></h2>
            <p><a href="raw/stages.csv">stages.csv</a> · <a href="raw/seconds.csv">seconds.csv</a> · <a href="raw/connecting.csv">connecting.csv</a> · <a href="load.json">load.json</a></p>
            <p class="small"><xsl:value-of select="$t/percentiles-about"/></p>
          </section>
        </main>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="number">
    <xsl:param name="value"/>
    <xsl:value-of select="translate(format-number($value, '0.0'), '.', $t/point)"/>
  </xsl:template>

  <xsl:template name="knee">
    <xsl:variable name="kept"><xsl:call-template name="number"><xsl:with-param name="value" select="@kept_rate"/></xsl:call-template></xsl:variable>
    <xsl:variable name="missed"><xsl:call-template name="number"><xsl:with-param name="value" select="@missed_rate"/></xsl:call-template></xsl:variable>
    <xsl:variable name="unit"><xsl:apply-templates select="../profile/unit"/></xsl:variable>
    <xsl:choose>
      <xsl:when test="@kept_rate &gt; 0 and @missed_rate &gt; 0"><strong><xsl:value-of select="concat($kept, ' ', $unit, ' ', $t/a-second)"/></strong><xsl:value-of select="concat(' ', $t/are-kept, ' ', $missed, ' ', $t/are-not)"/></xsl:when>
      <xsl:when test="@kept_rate &gt; 0"><strong><xsl:value-of select="concat($kept, ' ', $unit, ' ', $t/a-second)"/></strong><xsl:value-of select="concat(' ', $t/all-kept)"/></xsl:when>
      <xsl:otherwise><strong><xsl:value-of select="$t/none-kept"/></strong></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@state = 'unsettled'"><xsl:value-of select="concat(' ', $t/unsettled)"/></xsl:if>
    <xsl:if test="@machine = 'yes'"><xsl:text> </xsl:text><strong class="v-weak"><xsl:value-of select="$t/knee-machine"/></strong></xsl:if>
  </xsl:template>

  <xsl:template name="stages">
    <div class="scroll" role="group" aria-labelledby="h-knee" tabindex="0">
      <table class="latency">
        <caption><xsl:apply-templates select="stages/item[1]/series/item[1]/about"/><xsl:value-of select="concat('; ', $t/caption)"/></caption>
        <thead>
          <tr>
            <th scope="col"><xsl:value-of select="$t/stage"/></th><th scope="col"><xsl:value-of select="$t/asked"/></th><th scope="col"><xsl:value-of select="$t/done"/></th>
            <th scope="col">50</th><th scope="col">90</th><th scope="col">99</th><th scope="col"><xsl:value-of select="$t/greatest"/></th>
            <th scope="col"><xsl:value-of select="$t/outcome"/></th><th scope="col"><xsl:value-of select="$t/harness"/></th>
            <xsl:if test="stages/item/cost/server"><th scope="col">Server</th></xsl:if>
          </tr>
        </thead>
        <tbody><xsl:for-each select="stages/item"><xsl:call-template name="stage"/></xsl:for-each></tbody>
      </table>
    </div>
    <xsl:for-each select="stages/item[faults/@*[. != 0]]"><h3><xsl:value-of select="concat($t/stage, ' ', @number)"/></h3><xsl:call-template name="faults"/></xsl:for-each>
    <xsl:if test="stages/item[1]/series/item[2]">
      <p class="small"><xsl:value-of select="$t/others"/>
        <xsl:for-each select="stages/item[1]/series/item[position() &gt; 1]">
          <xsl:variable name="name" select="@name"/>
          <xsl:value-of select="concat(' ', $name, ' (')"/><xsl:apply-templates select="about"/><xsl:text>): </xsl:text>
          <xsl:for-each select="/load/stages/item/series/item[@name = $name]"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:call-template name="ms"><xsl:with-param name="ns" select="percentiles/@p99"/></xsl:call-template></xsl:for-each>
          <xsl:text> ms.</xsl:text>
        </xsl:for-each>
      </p>
    </xsl:if>
  </xsl:template>

  <xsl:template name="stage">
    <tr>
      <th scope="row"><xsl:value-of select="@number"/></th>
      <td><xsl:call-template name="number"><xsl:with-param name="value" select="@rate"/></xsl:call-template></td>
      <td><xsl:call-template name="number"><xsl:with-param name="value" select="@throughput"/></xsl:call-template></td>
      <xsl:for-each select="series/item[1]/percentiles/@p50 | series/item[1]/percentiles/@p90 | series/item[1]/percentiles/@p99 | series/item[1]/percentiles/@greatest">
        <td><xsl:call-template name="ms"><xsl:with-param name="ns" select="."/></xsl:call-template></td>
      </xsl:for-each>
      <td>
        <xsl:choose>
          <xsl:when test="@kept = 'yes'"><span class="v-pass"><xsl:value-of select="$t/yes"/></span></xsl:when>
          <xsl:otherwise><span class="v-fail"><xsl:value-of select="$t/*[name() = concat('why-', current()/@why)]"/></span></xsl:otherwise>
        </xsl:choose>
        <xsl:for-each select="warnings/item"><span class="small warned" title="{$t/*[name() = current()]}"><xsl:value-of select="concat(' ', $t/*[name() = concat(current(), '-short')])"/></span></xsl:for-each>
      </td>
      <td><xsl:value-of select="concat(format-number(100 * cost/@processor_share, '0'), ' %')"/></td>
      <xsl:if test="cost/server"><td><xsl:value-of select="concat(format-number(100 * cost/server/@processor_share, '0'), ' %')"/></td></xsl:if>
    </tr>
  </xsl:template>

  <xsl:template name="connecting">
    <p><xsl:call-template name="number"><xsl:with-param name="value" select="@throughput"/></xsl:call-template><xsl:value-of select="concat(' ', $t/connected-a-second, ' ')"/>
      <xsl:call-template name="ms"><xsl:with-param name="ns" select="cost/@processor_ns div ../connections/@asked"/></xsl:call-template><xsl:value-of select="concat(' ms ', $t/processor-each)"/></p>
    <div class="scroll" role="group" aria-labelledby="h-connecting" tabindex="0">
      <table class="latency">
        <caption><xsl:value-of select="$t/caption"/></caption>
        <thead><tr><th scope="col"><xsl:value-of select="$t/phase"/></th><th scope="col"><xsl:value-of select="$t/count"/></th><th scope="col">50</th><th scope="col">90</th><th scope="col">99</th><th scope="col"><xsl:value-of select="$t/greatest"/></th></tr></thead>
        <tbody>
          <xsl:for-each select="phases/item[position() = 1 or @count != 0]">
            <tr><th scope="row"><xsl:apply-templates select="about"/></th><td><xsl:value-of select="@count"/></td>
              <xsl:for-each select="percentiles/@p50 | percentiles/@p90 | percentiles/@p99 | percentiles/@greatest">
                <td><xsl:call-template name="ms"><xsl:with-param name="ns" select="."/></xsl:call-template></td>
              </xsl:for-each>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="holding">
    <p><xsl:value-of select="concat(@held, ' ', $t/held-1, ' ')"/><xsl:call-template name="number"><xsl:with-param name="value" select="cost/@took_ns div 1000000000"/></xsl:call-template>
      <xsl:value-of select="concat(' s', $t/held-2, ' ', @answered, ' ', $t/held-3, ' ', round(cost/@memory_bytes div 1048576), ' MB')"/>
      <xsl:if test="cost/server"><xsl:value-of select="concat($t/held-4, ' ', round(cost/server/@memory_bytes div 1048576), ' MB')"/></xsl:if>.</p>
  </xsl:template>

  <xsl:template name="plot">
    <figure class="plot">
      <figcaption><xsl:value-of select="$t/*[name() = concat('plot-', name(current()))]"/></figcaption>
      <img src="{.}" alt="{$t/*[name() = concat('plot-', name(current()))]} {$t/plot-about}" loading="lazy" width="760" height="420"/>
    </figure>
  </xsl:template>
</xsl:stylesheet>

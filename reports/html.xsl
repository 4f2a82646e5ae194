<?xml version="1.0" encoding="UTF-8"?>
<!-- results.xml as one self-contained page. The parts: html-style.xsl (how it looks), html-script.xsl (filter; the page
     is whole without it), html-scenario.xsl (checks and transcripts), html-profile.xsl (questions and grade), html-encryption.xsl (who could
     read what), words.xsl and texts/LANGUAGE.xml (every word). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="words.xsl"/>
  <xsl:include href="html-style.xsl"/>
  <xsl:include href="html-script.xsl"/>
  <xsl:include href="html-scenario.xsl"/>
  <xsl:include href="html-profile.xsl"/>
  <xsl:include href="html-encryption.xsl"/>

  <xsl:variable name="summary" select="/results/summary"/>
  <!-- The verdicts in the order in which they are shown. -->
  <xsl:variable name="verdicts" select="$summary/@pass | $summary/@weak | $summary/@fail | $summary/@unsupported |
    $summary/@inconclusive | $summary/@error | $summary/@known | $summary/@fixed | $summary/@not_run"/>

  <xsl:template match="/results">
    <xsl:if test="not($t)">
      <xsl:message terminate="yes"><xsl:value-of select="concat('texts/', $language, '.xml is missing')"/></xsl:message>
    </xsl:if>
    <html lang="{$t/@language}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="referrer" content="no-referrer"/>
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
        <title><xsl:call-template name="subject"/><xsl:value-of select="concat(' · ', $t/report)"/></title>
        <style><xsl:call-template name="style"/></style>
      </head>
      <body>
        <a class="skip" href="#findings"><xsl:value-of select="$t/skip"/></a>
        <xsl:call-template name="header"/>
        <main>
          <xsl:call-template name="profile"/>
          <xsl:call-template name="findings"/>
          <xsl:call-template name="known"/>
          <xsl:call-template name="not-tested"/>
          <xsl:call-template name="suites"/>
          <xsl:call-template name="encryption"/>
          <section id="scenarios" aria-labelledby="h-scenarios">
            <h2 id="h-scenarios"><xsl:value-of select="$t/scenarios"/></h2>
            <xsl:call-template name="filter"/>
            <xsl:apply-templates select="suite"/>
            <p id="no-match" hidden="hidden"><xsl:value-of select="$t/filter-none"/></p>
          </section>
          <xsl:call-template name="latencies"/>
          <xsl:call-template name="discovered"/>
        </main>
        <xsl:call-template name="footer"/>
        <script><xsl:call-template name="script"/></script>
      </body>
    </html>
  </xsl:template>

  <!-- ==== small parts ==== -->

  <xsl:template name="badge">
    <xsl:param name="verdict" select="@verdict"/>
    <span class="badge v-{$verdict}">
      <span class="glyph" aria-hidden="true"><xsl:call-template name="glyph"><xsl:with-param name="verdict" select="$verdict"/></xsl:call-template></span>
      <xsl:value-of select="$t/*[name() = $verdict]"/>
    </span>
  </xsl:template>

  <xsl:template name="glyph">
    <xsl:param name="verdict"/>
    <xsl:choose>
      <xsl:when test="$verdict = 'pass'">✓</xsl:when>
      <xsl:when test="$verdict = 'weak'">!</xsl:when>
      <xsl:when test="$verdict = 'fail'">✗</xsl:when>
      <xsl:when test="$verdict = 'unsupported'">–</xsl:when>
      <xsl:when test="$verdict = 'inconclusive'">?</xsl:when>
      <xsl:when test="$verdict = 'error'">⚠</xsl:when>
      <xsl:when test="$verdict = 'known'">=</xsl:when>
      <xsl:when test="$verdict = 'fixed'">★</xsl:when>
      <xsl:otherwise>○</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="duration">
    <xsl:param name="ms" select="@ms"/>
    <xsl:choose>
      <xsl:when test="$ms &gt;= 1000"><xsl:value-of select="concat(translate(format-number($ms div 1000, '0.0'), '.', $t/point), ' ', $t/seconds)"/></xsl:when>
      <xsl:when test="$ms &gt;= 10"><xsl:value-of select="concat(translate(format-number($ms, '0'), '.', $t/point), ' ', $t/milliseconds)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="concat(translate(format-number($ms, '0.0'), '.', $t/point), ' ', $t/milliseconds)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="fact">
    <xsl:param name="name"/>
    <xsl:param name="value"/>
    <xsl:if test="$value != ''">
      <div><dt><xsl:value-of select="$name"/></dt><dd><xsl:value-of select="$value"/></dd></div>
    </xsl:if>
  </xsl:template>

  <!-- ==== header ==== -->

  <!-- What is under test. -->
  <xsl:template name="subject">
    <xsl:choose>
      <xsl:when test="client/@product != ''"><xsl:value-of select="client/@product"/></xsl:when>
      <xsl:when test="client"><xsl:value-of select="client/@name"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="target/@name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="header">
    <header>
      <p class="kind"><xsl:value-of select="$t/report"/></p>
      <h1><xsl:call-template name="subject"/></h1>
      <dl class="facts">
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/client"/>
          <xsl:with-param name="value" select="client/@name"/>
        </xsl:call-template>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/second-client"/>
          <xsl:with-param name="value" select="concat(second-client/@name, substring(', ', 1, 2 * boolean(second-client/@product != '')), second-client/@product)"/>
        </xsl:call-template>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/reference"/>
          <xsl:with-param name="value" select="concat(target[../client]/@name, substring(', ', 1, 2 * boolean(client and target/@product != '')), target[../client]/@product)"/>
        </xsl:call-template>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/product"/>
          <xsl:with-param name="value" select="target[not(../client)]/@product"/>
        </xsl:call-template>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/domain"/>
          <xsl:with-param name="value" select="target/@domain"/>
        </xsl:call-template>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/peer"/>
          <xsl:with-param name="value" select="concat(peer/@name, substring(', ', 1, 2 * boolean(peer/@product != '')), peer/@product)"/>
        </xsl:call-template>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/profile"/>
          <xsl:with-param name="value" select="tool/@profile"/>
        </xsl:call-template>
        <div>
          <dt><xsl:value-of select="$t/started"/></dt>
          <dd><time datetime="{tool/@started}"><xsl:value-of select="concat(substring(tool/@started, 1, 10), ' ',
            substring(tool/@started, 12, 5), ' UTC')"/></time></dd>
        </div>
        <xsl:if test="timing">
          <div>
            <dt><xsl:value-of select="$t/took"/></dt>
            <dd><xsl:call-template name="duration"><xsl:with-param name="ms" select="timing/@wall"/></xsl:call-template></dd>
          </div>
        </xsl:if>
        <xsl:call-template name="fact">
          <xsl:with-param name="name" select="$t/tool"/>
          <xsl:with-param name="value" select="concat(tool/@name, ' ', tool/@version, ', ', $t/driver, ' ', tool/@driver, substring(', ', 1, 2 * count(tool/@transport)), tool/@transport)"/>
        </xsl:call-template>
      </dl>
      <xsl:if test="@complete != 'true'">
        <p class="banner" role="status">
          <strong><xsl:value-of select="$t/incomplete"/></strong>
          <xsl:text> </xsl:text>
          <xsl:if test="tool/missing">
            <xsl:value-of select="concat($t/incomplete-missing, ' ')"/>
            <xsl:for-each select="tool/missing">
              <xsl:value-of select="."/>
              <xsl:choose><xsl:when test="position() = last()">. </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose>
            </xsl:for-each>
          </xsl:if>
          <xsl:choose>
            <xsl:when test="tool/missing and @interrupted != 'true'"/>
            <xsl:when test="@interrupted = 'true'"><xsl:value-of select="$t/incomplete-interrupted"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="$t/incomplete-ended"/></xsl:otherwise>
          </xsl:choose>
          <xsl:value-of select="concat(' ', $t/incomplete-begun, ' ', tool/@begun)"/>
          <xsl:if test="tool/@planned &gt; 0"><xsl:value-of select="concat(' ', $t/of, ' ', tool/@planned)"/></xsl:if>
          <xsl:text>.</xsl:text>
        </p>
      </xsl:if>
      <xsl:call-template name="profile-answer"/>
      <section class="judgement" aria-label="{$t/summary}">
        <xsl:call-template name="judgement"/>
        <xsl:call-template name="tiles"/>
      </section>
      <nav aria-label="{$t/contents}">
        <xsl:if test="profile"><a href="#questions"><xsl:value-of select="$t/questions"/></a></xsl:if>
        <a href="#findings"><xsl:value-of select="$t/findings"/></a>
        <xsl:if test="$summary/@known &gt; 0"><a href="#known"><xsl:value-of select="$t/known-failures"/></a></xsl:if>
        <xsl:if test="$summary/@unsupported + $summary/@not_run &gt; 0">
          <a href="#not-tested"><xsl:value-of select="$t/not-tested"/></a>
        </xsl:if>
        <a href="#suites"><xsl:value-of select="$t/suites"/></a>
        <xsl:if test="suite/scenario/encryption"><a href="#encryption"><xsl:value-of select="$t/encryption"/></a></xsl:if>
        <a href="#scenarios"><xsl:value-of select="$t/scenarios"/></a>
        <xsl:if test="suite/scenario/latency"><a href="#latencies"><xsl:value-of select="$t/latencies"/></a></xsl:if>
        <a href="#discovered"><xsl:value-of select="$t/discovered"/></a>
        <a href="#verdicts"><xsl:value-of select="$t/verdicts"/></a>
      </nav>
    </header>
  </xsl:template>

  <!-- The same order of precedence as report_exit_status. -->
  <xsl:template name="judgement">
    <xsl:variable name="name">
      <xsl:choose>
        <xsl:when test="$summary/@fail &gt; 0">fail</xsl:when>
        <xsl:when test="$summary/@error &gt; 0">error</xsl:when>
        <xsl:when test="$summary/@inconclusive &gt; 0">inconclusive</xsl:when>
        <xsl:when test="$summary/@checks - $summary/@unsupported - $summary/@not_run = 0">nothing</xsl:when>
        <xsl:when test="@complete != 'true' or $summary/@not_run &gt; 0">incomplete</xsl:when>
        <xsl:when test="$summary/@known &gt; 0">known</xsl:when>
        <xsl:when test="$summary/@weak &gt; 0">weak</xsl:when>
        <xsl:otherwise>pass</xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <div class="word j-{$name}">
      <p class="big"><xsl:value-of select="$t/*[name() = concat('judgement-', $name)]"/></p>
      <p><xsl:value-of select="$t/*[name() = concat('judgement-', $name, '-about')]"/>
        <xsl:if test="profile and $name = 'fail'"><xsl:value-of select="concat(' ', $t/judgement-profile)"/></xsl:if></p>
    </div>
  </xsl:template>

  <xsl:template name="tiles">
    <div class="counts">
      <div class="bar" aria-hidden="true">
        <xsl:for-each select="$verdicts[. &gt; 0]">
          <span class="v-{name()}" style="flex-grow:{.}"></span>
        </xsl:for-each>
      </div>
      <ul class="tiles">
        <xsl:for-each select="$verdicts">
          <xsl:variable name="verdict" select="name()"/>
          <li>
            <a href="#scenarios" data-filter="{$verdict}" title="{$t/*[name() = concat('about-', $verdict)]}">
              <xsl:attribute name="class">
                <xsl:value-of select="concat('tile v-', $verdict)"/>
                <xsl:if test=". = 0"> zero</xsl:if>
              </xsl:attribute>
              <span class="number"><xsl:value-of select="."/></span>
              <span class="name"><span class="glyph" aria-hidden="true"><xsl:call-template name="glyph"><xsl:with-param name="verdict" select="$verdict"/></xsl:call-template></span>
              <xsl:value-of select="$t/*[name() = $verdict]"/></span>
            </a>
          </li>
        </xsl:for-each>
      </ul>
    </div>
  </xsl:template>

  <!-- ==== overviews ==== -->

  <xsl:template name="findings">
    <xsl:variable name="checks" select="suite/scenario/check[@verdict = 'fail' or @verdict = 'error' or
      @verdict = 'inconclusive' or @verdict = 'weak' or @verdict = 'fixed' or (@unstable = 'true' and @verdict != 'known')]"/>
    <section id="findings" aria-labelledby="h-findings">
      <h2 id="h-findings"><xsl:value-of select="$t/findings"/></h2>
      <xsl:choose>
        <xsl:when test="$checks">
          <ul class="findings">
            <xsl:for-each select="$checks">
              <xsl:sort select="number(@verdict = 'fail') * 5 + number(@verdict = 'error') * 4 +
                number(@verdict = 'inconclusive') * 3 + number(@verdict = 'weak') * 2 + number(@verdict = 'fixed')"
                data-type="number" order="descending"/>
              <li>
                <xsl:call-template name="badge"/>
                <div>
                  <p><a class="title" href="#{@id}"><xsl:call-template name="lang"/><xsl:call-template name="check-title"/></a>
                    <xsl:if test="../@title != ''"><span class="small"><xsl:value-of select="concat(' · ', ../@title)"/></span></xsl:if></p>
                  <xsl:if test="message != ''"><p><xsl:call-template name="message-lang"/><xsl:value-of select="message"/></p></xsl:if>
                  <xsl:call-template name="baseline"/>
                  <xsl:call-template name="mends"/>
                  <p class="small"><code><xsl:value-of select="@id"/></code> <xsl:call-template name="level"/></p>
                  <xsl:call-template name="requirements"/>
                </div>
              </li>
            </xsl:for-each>
          </ul>
        </xsl:when>
        <xsl:when test="$summary/@known &gt; 0"><p><xsl:value-of select="$t/findings-only-known"/></p></xsl:when>
        <xsl:otherwise><p><xsl:value-of select="$t/findings-none"/></p></xsl:otherwise>
      </xsl:choose>
    </section>
  </xsl:template>

  <!-- What the baseline expects, with its reasons. -->
  <xsl:template name="known">
    <xsl:variable name="checks" select="suite/scenario/check[@verdict = 'known']"/>
    <xsl:if test="$checks">
      <section id="known" aria-labelledby="h-known">
        <h2 id="h-known"><xsl:value-of select="$t/known-failures"/></h2>
        <p class="small"><xsl:value-of select="$t/known-failures-about"/></p>
        <ul class="findings">
          <xsl:for-each select="$checks">
            <xsl:sort select="number(@observed = 'fail')" data-type="number" order="descending"/>
            <xsl:variable name="observed" select="@observed"/>
            <li>
              <span class="badge v-known"><span class="glyph" aria-hidden="true">=</span><xsl:value-of select="$t/*[name() = $observed]"/></span>
              <div>
                <p><a class="title" href="#{@id}"><xsl:call-template name="lang"/><xsl:call-template name="check-title"/></a>
                  <xsl:if test="../@title != ''"><span class="small"><xsl:value-of select="concat(' · ', ../@title)"/></span></xsl:if></p>
                <xsl:if test="baseline != ''"><p><span lang="en"><xsl:value-of select="baseline"/></span><xsl:call-template name="baseline-more"/></p></xsl:if>
                <xsl:call-template name="mends"/>
                <p class="small"><code><xsl:value-of select="@id"/></code> <xsl:call-template name="requirement"/></p>
              </div>
            </li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:key name="reason" match="check[@verdict = 'unsupported' or @verdict = 'not_run']" use="concat(@verdict, message)"/>

  <xsl:template name="not-tested">
    <xsl:variable name="checks" select="suite/scenario/check[@verdict = 'unsupported' or @verdict = 'not_run']"/>
    <xsl:if test="$checks">
      <section id="not-tested" aria-labelledby="h-not-tested">
        <h2 id="h-not-tested"><xsl:value-of select="$t/not-tested"/></h2>
        <p class="small"><xsl:value-of select="$t/not-tested-about"/></p>
        <ul class="findings">
          <xsl:for-each select="$checks[generate-id() = generate-id(key('reason', concat(@verdict, message))[1])]">
            <xsl:variable name="same" select="key('reason', concat(@verdict, message))"/>
            <li>
              <xsl:call-template name="badge"/>
              <div>
                <p><xsl:call-template name="message-lang"/><xsl:value-of select="message"/></p>
                <details>
                  <summary class="small"><xsl:value-of select="concat(count($same), ' ')"/>
                    <xsl:choose>
                      <xsl:when test="count($same) = 1"><xsl:value-of select="$t/check"/></xsl:when>
                      <xsl:otherwise><xsl:value-of select="$t/checks"/></xsl:otherwise>
                    </xsl:choose>
                  </summary>
                  <ul class="names">
                    <xsl:for-each select="$same"><li><a href="#{@id}"><code><xsl:value-of select="@id"/></code></a></li></xsl:for-each>
                  </ul>
                </details>
              </div>
            </li>
          </xsl:for-each>
        </ul>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="counts-row">
    <xsl:param name="of" select="."/>
    <xsl:for-each select="$verdicts">
      <xsl:variable name="verdict" select="name()"/>
      <xsl:variable name="count" select="$of/@*[name() = $verdict]"/>
      <td>
        <xsl:attribute name="class">
          <xsl:choose>
            <xsl:when test="$count = 0">zero</xsl:when>
            <xsl:otherwise><xsl:value-of select="concat('v-', $verdict)"/></xsl:otherwise>
          </xsl:choose>
        </xsl:attribute>
        <xsl:value-of select="$count"/>
      </td>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="suites">
    <section id="suites" aria-labelledby="h-suites">
      <h2 id="h-suites"><xsl:value-of select="$t/suites"/></h2>
      <div class="scroll" role="group" aria-labelledby="h-suites" tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col"><xsl:value-of select="$t/suite"/></th>
              <th scope="col"><xsl:value-of select="$t/scenarios"/></th>
              <xsl:for-each select="$verdicts">
                <xsl:variable name="verdict" select="name()"/>
                <th scope="col"><xsl:value-of select="$t/*[name() = $verdict]"/></th>
              </xsl:for-each>
              <th scope="col"><xsl:value-of select="$t/time"/></th>
            </tr>
          </thead>
          <tbody>
            <xsl:for-each select="suite">
              <tr>
                <th scope="row"><a href="#suite-{@name}"><xsl:value-of select="@name"/></a></th>
                <td><xsl:value-of select="@scenarios"/></td>
                <xsl:call-template name="counts-row"/>
                <td><xsl:call-template name="duration"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
          <tfoot>
            <tr>
              <th scope="row"><xsl:value-of select="$t/total"/></th>
              <td><xsl:value-of select="count(suite/scenario)"/></td>
              <xsl:call-template name="counts-row"><xsl:with-param name="of" select="$summary"/></xsl:call-template>
              <td><xsl:call-template name="duration"><xsl:with-param name="ms" select="sum(suite/@ms)"/></xsl:call-template></td>
            </tr>
          </tfoot>
        </table>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="filter">
    <div id="filter" class="filter" hidden="hidden" role="search" aria-label="{$t/filter}">
      <input id="filter-text" type="search" placeholder="{$t/filter-text}" aria-label="{$t/filter-text}"/>
      <button type="button" data-filter="" aria-pressed="true"><xsl:value-of select="$t/filter-all"/></button>
      <xsl:for-each select="$verdicts[. &gt; 0]">
        <xsl:variable name="verdict" select="name()"/>
        <button type="button" data-filter="{$verdict}" aria-pressed="false"><xsl:value-of select="concat($t/*[name() = $verdict], ' ', .)"/></button>
      </xsl:for-each>
      <span class="push"></span>
      <button type="button" id="expand"><xsl:value-of select="$t/expand"/></button>
      <button type="button" id="collapse"><xsl:value-of select="$t/collapse"/></button>
    </div>
  </xsl:template>

  <!-- ==== what else was found ==== -->

  <xsl:template name="latencies">
    <xsl:if test="suite/scenario/latency">
      <section id="latencies" aria-labelledby="h-latencies">
        <h2 id="h-latencies"><xsl:value-of select="$t/latencies"/></h2>
        <div class="scroll" role="group" aria-labelledby="h-latencies" tabindex="0">
          <table>
            <thead>
              <tr>
                <th scope="col"><xsl:value-of select="$t/label"/></th>
                <th scope="col" class="text"><xsl:value-of select="$t/scenario"/></th>
                <th scope="col"><xsl:value-of select="$t/count"/></th>
                <th scope="col"><xsl:value-of select="$t/minimum"/></th>
                <th scope="col"><xsl:value-of select="$t/median"/></th>
                <th scope="col"><xsl:value-of select="$t/maximum"/></th>
              </tr>
            </thead>
            <tbody>
              <xsl:for-each select="suite/scenario/latency">
                <tr>
                  <th scope="row"><xsl:value-of select="@label"/></th>
                  <td class="text"><a href="#{../@id}"><code><xsl:value-of select="../@id"/></code></a></td>
                  <td><xsl:value-of select="@count"/></td>
                  <td><xsl:value-of select="translate(format-number(@minimum, '0.00'), '.', $t/point)"/> <xsl:value-of select="$t/milliseconds"/></td>
                  <td><xsl:value-of select="translate(format-number(@median, '0.00'), '.', $t/point)"/> <xsl:value-of select="$t/milliseconds"/></td>
                  <td><xsl:value-of select="translate(format-number(@maximum, '0.00'), '.', $t/point)"/> <xsl:value-of select="$t/milliseconds"/></td>
                </tr>
              </xsl:for-each>
            </tbody>
          </table>
        </div>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="list">
    <xsl:if test="item">
      <details class="list">
        <summary>
          <xsl:call-template name="list-name"/>
          <span class="small"><xsl:value-of select="concat(' ', count(item))"/></span>
        </summary>
        <ul class="names"><xsl:for-each select="item"><li><code><xsl:value-of select="."/></code></li></xsl:for-each></ul>
      </details>
    </xsl:if>
  </xsl:template>

  <xsl:template name="list-name">
    <xsl:variable name="name" select="@name"/>
    <xsl:choose>
      <xsl:when test="$t/*[name() = $name]"><xsl:value-of select="$t/*[name() = $name]"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="discovered">
    <section id="discovered" aria-labelledby="h-discovered">
      <h2 id="h-discovered"><xsl:value-of select="$t/discovered"/></h2>
      <xsl:if test="not(discovered/*)"><p><xsl:value-of select="$t/discovered-none"/></p></xsl:if>
      <div class="card">
        <xsl:apply-templates select="discovered/list"/>
        <xsl:for-each select="discovered/service">
          <details class="list">
            <summary><code><xsl:value-of select="@address"/></code>
              <xsl:if test="@kind != ''"><span class="tag"><xsl:value-of select="@kind"/></span></xsl:if>
            </summary>
            <div class="inner"><xsl:apply-templates select="list"/></div>
          </details>
        </xsl:for-each>
        <xsl:if test="discovered/fact">
          <details class="list">
            <summary><xsl:value-of select="$t/facts"/><span class="small"><xsl:value-of select="concat(' ', count(discovered/fact))"/></span></summary>
            <ul class="names">
              <xsl:for-each select="discovered/fact"><li><code><xsl:value-of select="@name"/></code>: <xsl:value-of select="@value"/></li></xsl:for-each>
            </ul>
          </details>
        </xsl:if>
      </div>
    </section>
  </xsl:template>

  <xsl:template name="footer">
    <footer>
      <section id="verdicts" aria-labelledby="h-verdicts">
        <h2 id="h-verdicts"><xsl:value-of select="$t/verdicts"/></h2>
        <dl class="legend">
          <xsl:for-each select="$verdicts">
            <xsl:variable name="verdict" select="name()"/>
            <dt><xsl:call-template name="badge"><xsl:with-param name="verdict" select="$verdict"/></xsl:call-template></dt>
            <dd><xsl:value-of select="$t/*[name() = concat('about-', $verdict)]"/></dd>
          </xsl:for-each>
        </dl>
      </section>
      <xsl:if test="timing">
        <p class="small"><xsl:value-of select="concat($t/timing, ': ', $t/timing-wall, ' ', translate(format-number(timing/@wall div 1000, '0.00'), '.', $t/point), ' ',
          $t/seconds, ' · ', $t/timing-idle, ' ', translate(format-number(timing/@idle div 1000, '0.00'), '.', $t/point), ' ', $t/seconds, ' · ', $t/timing-harness,
          ' ', translate(format-number(timing/@harness_processor div 1000, '0.00'), '.', $t/point), ' ', $t/seconds, ' · ', $t/timing-server, ' ',
          translate(format-number(timing/@server_processor div 1000, '0.00'), '.', $t/point), ' ', $t/seconds)"/></p>
      </xsl:if>
      <p class="small"><xsl:value-of select="concat($t/tool, ' ', tool/@name, ' ', tool/@version)"/></p>
    </footer>
  </xsl:template>
</xsl:stylesheet>

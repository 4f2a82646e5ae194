<?xml version="1.0" encoding="UTF-8"?>
<!-- What comparisons and histories share as pages: how they look, and small parts. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:include href="html-style.xsl"/>

  <xsl:template name="head">
    <xsl:param name="title"/>
    <head>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="referrer" content="no-referrer"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
      <title><xsl:value-of select="$title"/></title>
      <style><xsl:call-template name="style"/><xsl:call-template name="compare-style"/></style>
    </head>
  </xsl:template>

  <xsl:template name="badge">
    <xsl:param name="verdict" select="@verdict"/>
    <span class="badge v-{$verdict}">
      <span class="glyph" aria-hidden="true"><xsl:call-template name="glyph"><xsl:with-param name="verdict" select="$verdict"/></xsl:call-template></span>
      <xsl:value-of select="$t/*[name() = $verdict]"/>
      <xsl:call-template name="observed"/>
    </span>
  </xsl:template>

  <!-- What a run says of a check is English, whatever the page is. -->
  <xsl:template name="badge-of-message">
    <xsl:choose>
      <xsl:when test="$t/@language = 'en' or . = ''"><xsl:call-template name="badge"/></xsl:when>
      <xsl:otherwise>
        <xsl:attribute name="lang">en</xsl:attribute>
        <span lang="{$t/@language}"><xsl:call-template name="badge"/></span>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Of what has no translation. -->
  <xsl:template name="language">
    <xsl:if test="@lang"><xsl:attribute name="lang"><xsl:value-of select="@lang"/></xsl:attribute></xsl:if>
  </xsl:template>

  <xsl:template name="kind-badge">
    <xsl:param name="kind" select="@kind"/>
    <span class="badge k-{$kind}">
      <span class="glyph" aria-hidden="true"><xsl:call-template name="kind-glyph"><xsl:with-param name="kind" select="$kind"/></xsl:call-template></span>
      <xsl:value-of select="$t/*[name() = $kind]"/>
    </span>
  </xsl:template>

  <!-- The counts of a run, a cell each. -->
  <xsl:template name="counts">
    <xsl:variable name="run" select="."/>
    <xsl:for-each select="$verdicts">
      <xsl:variable name="verdict" select="name()"/>
      <xsl:variable name="count" select="$run/@*[name() = $verdict]"/>
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
    <xsl:if test="$runs/grade"><td class="text"><xsl:call-template name="grades"/></td></xsl:if>
  </xsl:template>

  <xsl:template name="verdict-heads">
    <xsl:for-each select="$verdicts">
      <xsl:variable name="verdict" select="name()"/>
      <th scope="col"><xsl:value-of select="$t/*[name() = $verdict]"/></th>
    </xsl:for-each>
    <xsl:if test="$runs/grade"><th scope="col" class="text"><xsl:value-of select="$t/grade"/></th></xsl:if>
  </xsl:template>

  <!-- A step: a list for each kind of change. What is worse is to be seen, a long list of the rest can be opened. -->
  <xsl:template name="changes">
    <xsl:variable name="step" select="."/>
    <xsl:if test="not(change)"><p><xsl:value-of select="$t/unchanged"/></p></xsl:if>
    <xsl:for-each select="$kinds">
      <xsl:variable name="kind" select="name()"/>
      <xsl:variable name="changes" select="$step/change[@kind = $kind]"/>
      <xsl:if test="$changes">
        <details class="kind-list">
          <xsl:if test="$kind = 'worse' or count($changes) &lt;= 20"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
          <summary>
            <xsl:call-template name="kind-badge"><xsl:with-param name="kind" select="$kind"/></xsl:call-template>
            <strong><xsl:value-of select="count($changes)"/></strong>
            <span class="small"><xsl:value-of select="$t/*[name() = concat('about-', $kind)]"/></span>
          </summary>
          <ul class="findings changes">
            <xsl:for-each select="$changes">
              <li>
                <p class="way">
                  <xsl:call-template name="badge"><xsl:with-param name="verdict" select="@before"/></xsl:call-template>
                  <span class="arrow" aria-hidden="true">→</span>
                  <xsl:call-template name="badge"><xsl:with-param name="verdict" select="@after"/></xsl:call-template>
                </p>
                <div>
                  <xsl:if test="@title != ''"><p class="title"><xsl:call-template name="language"/><xsl:value-of select="@title"/></p></xsl:if>
                  <p><code><xsl:value-of select="@id"/></code></p>
                  <xsl:if test=". != ''"><p class="message"><xsl:if test="$t/@language != 'en'"><xsl:attribute name="lang">en</xsl:attribute></xsl:if><xsl:value-of select="."/></p></xsl:if>
                </div>
              </li>
            </xsl:for-each>
          </ul>
        </details>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="legend">
    <footer>
      <section id="verdicts" aria-labelledby="h-verdicts">
        <h2 id="h-verdicts"><xsl:value-of select="$t/verdicts"/></h2>
        <dl class="legend">
          <xsl:for-each select="$verdicts">
            <xsl:variable name="verdict" select="name()"/>
            <dt><xsl:call-template name="badge"><xsl:with-param name="verdict" select="$verdict"/></xsl:call-template></dt>
            <dd><xsl:value-of select="$t/*[name() = concat('about-', $verdict)]"/></dd>
          </xsl:for-each>
          <dt><xsl:call-template name="badge"><xsl:with-param name="verdict" select="'absent'"/></xsl:call-template></dt>
          <dd><xsl:value-of select="$t/about-absent"/></dd>
        </dl>
      </section>
    </footer>
  </xsl:template>

  <xsl:template name="compare-style"><![CDATA[
.v-absent { --c: var(--muted); --s: var(--sunk); }
.k-worse { --c: var(--fail); --s: var(--fail-soft); } .k-better { --c: var(--pass); --s: var(--pass-soft); }
.k-new { --c: var(--fixed); --s: var(--fixed-soft); } .k-gone, .k-judged { --c: var(--known); --s: var(--known-soft); }
.k-unclear { --c: var(--inconclusive); --s: var(--inconclusive-soft); }
h1 .and { color: var(--muted); font-weight: 400; }
caption { text-align: left; padding: .5rem .7rem .3rem; font-size: .85rem; color: var(--muted); }
th .small { display: block; font-weight: 400; }
.scroll th:first-child { white-space: normal; min-width: 9rem; }
.figures { margin-top: .8rem; font-size: 1.05rem; }
.figures b { font-weight: 650; font-variant-numeric: tabular-nums; }
.kind-list { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: .5rem; }
.kind-list > summary { padding: .5rem .9rem; } .kind-list > summary > * { margin-right: .5rem; }
.kind-list > .findings { border: 0; border-top: 1px solid var(--line); border-radius: 0 0 8px 8px; }
.findings.changes > li { grid-template-columns: 15rem 1fr; }
.changes .way { display: flex; flex-wrap: wrap; gap: .2rem .4rem; align-items: baseline; }
.changes .title { font-weight: 500; }
.arrow { color: var(--muted); text-align: center; }
.matrix { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-bottom: .5rem; }
.matrix > summary { padding: .5rem .9rem; font-weight: 600; } .matrix > summary .small { font-weight: 400; margin-left: .5rem; }
.matrix .scroll { border: 0; border-top: 1px solid var(--line); border-radius: 0 0 8px 8px; }
.matrix th, .matrix td { text-align: left; vertical-align: baseline; } .matrix tbody th { font-weight: 400; width: 45%; }
.matrix thead th, .suites thead th { white-space: normal; min-width: 6rem; }
.matrix tr.differs > th { box-shadow: inset 4px 0 0 var(--weak); font-weight: 600; }
.matrix .tells { display: inline-block; margin-left: .4rem; font-size: .78rem; font-weight: 600; color: var(--weak); }
.totals td, .suites td { font-variant-numeric: tabular-nums; }
.toggle { display: flex; gap: .5rem; align-items: center; margin: .2rem 0 .7rem; }
.toggle input { width: 1.1rem; height: 1.1rem; accent-color: var(--link); }
.same-too { display: block; }
.toggle:has(input:checked) ~ .matrix tr.agrees, .toggle:has(input:checked) ~ .matrix.agrees { display: none; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: .8rem; }
.chart { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; min-width: 0; }
.chart figcaption { font-weight: 600; font-size: .9rem; margin-bottom: .3rem; }
.chart svg { display: block; width: 100%; height: auto; }
.chart text { font-size: 12px; fill: var(--muted); }
.chart .axis { stroke: var(--line); stroke-width: 1; }
.chart .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
.chart .mark { fill: var(--card); stroke: var(--c); stroke-width: 2; }
.chart .key { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .85rem; margin-top: .3rem; }
.chart .key li { display: flex; align-items: center; gap: .4rem; } .chart .key svg { width: 2.2rem; flex: none; }
.v-played { --c: var(--muted); }
.step > h3 { color: var(--text); } .step > p { margin-bottom: .5rem; }
@media (max-width: 40rem) {
  .findings.changes > li { grid-template-columns: 1fr; }
  .matrix th:first-child, .systems th:first-child, .suites th:first-child { position: sticky; left: 0; background: var(--card); max-width: 46vw; z-index: 1; }
  .matrix tr.differs > th { background: var(--card); }
  th, td { padding: .32rem .5rem; }
}
@media print { .toggle { display: none; } .matrix:not([open]) { display: none; } }
]]></xsl:template>
</xsl:stylesheet>

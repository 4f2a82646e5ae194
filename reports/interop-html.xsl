<?xml version="1.0" encoding="UTF-8"?>
<!-- Who understands whom, as one page without a script: a matrix for each server, then each pair, then why. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:include href="html-style.xsl"/>
  <xsl:param name="language" select="'en'"/>
  <xsl:variable name="t" select="document(concat('interop-texts/', $language, '.xml'))/texts"/>
  <xsl:variable name="clients" select="/interop/clients/item"/>
  <xsl:variable name="features" select="/interop/features/item"/>

  <xsl:template match="/interop">
    <html lang="{$language}">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="referrer" content="no-referrer"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
        <title><xsl:value-of select="$t/kind"/></title>
        <style><xsl:call-template name="style"/><xsl:call-template name="matrix-style"/></style>
      </head>
      <body>
        <a class="skip" href="#matrix"><xsl:value-of select="$t/skip"/></a>
        <header>
          <p class="kind"><xsl:value-of select="$t/clients"/></p>
          <h1><xsl:value-of select="$t/kind"/></h1>
          <dl class="facts">
            <xsl:for-each select="clients/item"><div><dt><xsl:value-of select="@name"/></dt><dd><xsl:value-of select="@product"/></dd></div></xsl:for-each>
          </dl>
        </header>
        <main>
          <section id="matrix" aria-labelledby="h-matrix">
            <h2 id="h-matrix"><xsl:value-of select="$t/matrix"/></h2>
            <xsl:if test="@complete != 'yes'"><p class="banner"><xsl:value-of select="$t/incomplete"/></p></xsl:if>
            <p class="small"><xsl:value-of select="$t/matrix-about"/></p>
            <ol class="order"><xsl:for-each select="$features"><li><xsl:call-template name="feature"/></li></xsl:for-each></ol>
            <ul class="legend">
              <xsl:for-each select="$t/legend/*">
                <li><span class="q v-{@class}"><xsl:value-of select="@sign"/></span> <xsl:value-of select="concat(' ', .)"/></li>
              </xsl:for-each>
            </ul>
            <div class="servers"><xsl:for-each select="targets/item"><xsl:call-template name="matrix"/></xsl:for-each></div>
          </section>
          <section aria-labelledby="h-pairs">
            <h2 id="h-pairs"><xsl:value-of select="$t/pairs"/></h2>
            <p class="small"><xsl:value-of select="$t/pairs-about"/></p>
            <xsl:for-each select="targets/item"><xsl:call-template name="pairs"/></xsl:for-each>
          </section>
          <section aria-labelledby="h-why">
            <h2 id="h-why"><xsl:value-of select="$t/why"/></h2>
            <p class="small"><xsl:value-of select="$t/why-about"/></p>
            <xsl:if test="not(targets/item/pairs/item/cells/item[@verdict = 'not' or @verdict = 'twice' or @verdict = 'inconclusive' or @verdict = 'error'])"><p><xsl:value-of select="$t/nothing"/></p></xsl:if>
            <xsl:for-each select="targets/item[pairs/item/cells/item[@verdict = 'not' or @verdict = 'twice' or @verdict = 'inconclusive' or @verdict = 'error']]"><xsl:call-template name="reasons"/></xsl:for-each>
          </section>
          <p class="small"><xsl:value-of select="concat(@started, ' · ', round(sum(targets/item/pairs/item/@took_ms) div 60000), ' min · ', $t/times-1, ' ', @repeat, $t/times-2, ' · assay ', @version, ' · ')"/><a href="interop.json">interop.json</a></p>
        </main>
      </body>
    </html>
  </xsl:template>

  <!-- The word for a feature; a suite may have one that the texts do not know yet. -->
  <xsl:template name="feature">
    <xsl:variable name="word" select="$t/features/*[name() = current()/@name]"/>
    <xsl:value-of select="$word"/><xsl:if test="not($word)"><xsl:value-of select="@name"/></xsl:if>
  </xsl:template>

  <xsl:template name="server">
    <h3><xsl:value-of select="@name"/><xsl:if test="@product != ''"><xsl:value-of select="concat(' · ', @product)"/></xsl:if></h3>
  </xsl:template>

  <xsl:template name="word">
    <xsl:variable name="legend" select="$t/legend/*[name() = current()/@verdict]"/>
    <xsl:value-of select="$legend"/>
    <xsl:if test="@by"><xsl:value-of select="concat(': ', $t/*[name() = current()/@by])"/></xsl:if>
  </xsl:template>

  <xsl:template name="matrix">
    <xsl:variable name="target" select="."/>
    <div class="server">
      <xsl:call-template name="server"/>
      <div class="scroll">
        <table class="matrix">
          <thead>
            <tr><td class="corner"><xsl:value-of select="$t/corner"/></td><xsl:for-each select="$clients"><th scope="col"><xsl:value-of select="@name"/></th></xsl:for-each></tr>
          </thead>
          <tbody>
            <xsl:for-each select="$clients">
              <xsl:variable name="writer" select="@name"/>
              <tr>
                <th scope="row"><xsl:value-of select="@name"/></th>
                <xsl:for-each select="$clients">
                  <td><xsl:for-each select="$target/pairs/item[@writer = $writer and @reader = current()/@name]"><xsl:call-template name="cell"/></xsl:for-each></td>
                </xsl:for-each>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </div>
  </xsl:template>

  <xsl:template name="cell">
    <span class="grid">
      <xsl:for-each select="cells/item">
        <xsl:variable name="legend" select="$t/legend/*[name() = current()/@verdict]"/>
        <xsl:variable name="place" select="position()"/>
        <xsl:variable name="title"><xsl:for-each select="$features[$place]"><xsl:call-template name="feature"/></xsl:for-each>: <xsl:call-template name="word"/></xsl:variable>
        <span class="q v-{$legend/@class}" role="img" aria-label="{$title}" title="{$title}"><xsl:value-of select="$legend/@sign"/></span>
      </xsl:for-each>
    </span>
    <a class="small" href="{../../@name}/{@writer}-{@reader}/report.html" aria-label="{@writer} → {@reader}, {../../@name}"><xsl:value-of select="concat(count(cells/item[@verdict = 'understood' or @verdict = 'twice']), ' ', $t/of, ' ', count(cells/item[@verdict != 'unsupported']))"/></a>
  </xsl:template>

  <xsl:template name="pairs">
    <xsl:call-template name="server"/>
    <div class="scroll">
      <table class="pairs">
        <thead><tr><th scope="col"><xsl:value-of select="$t/pair"/></th><xsl:for-each select="$features"><th scope="col" title="{@title}"><xsl:call-template name="feature"/></th></xsl:for-each></tr></thead>
        <tbody>
          <xsl:for-each select="pairs/item">
            <tr>
              <th scope="row"><a href="{../../@name}/{@writer}-{@reader}/report.html"><xsl:value-of select="concat(@writer, ' → ', @reader)"/></a></th>
              <xsl:for-each select="cells/item">
                <xsl:variable name="legend" select="$t/legend/*[name() = current()/@verdict]"/>
                <td class="v-{$legend/@class}" title="{@reason}"><span class="sign"><xsl:value-of select="$legend/@sign"/></span><xsl:text> </xsl:text>
                  <xsl:choose><xsl:when test="@by"><span class="small"><xsl:value-of select="$t/*[name() = current()/@by]"/></span></xsl:when><xsl:otherwise><xsl:value-of select="$legend/@short"/></xsl:otherwise></xsl:choose></td>
              </xsl:for-each>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="reasons">
    <xsl:call-template name="server"/>
    <ul class="reasons">
      <xsl:for-each select="pairs/item">
        <xsl:variable name="pair" select="."/>
        <xsl:for-each select="cells/item">
          <xsl:variable name="place" select="position()"/>
          <xsl:if test="@verdict = 'not' or @verdict = 'twice' or @verdict = 'inconclusive' or @verdict = 'error'">
            <xsl:variable name="legend" select="$t/legend/*[name() = current()/@verdict]"/>
            <li class="v-{$legend/@class}"><span class="q v-{$legend/@class}"><xsl:value-of select="$legend/@sign"/></span><xsl:text> </xsl:text>
              <a href="{$pair/../../@name}/{$pair/@writer}-{$pair/@reader}/report.html"><xsl:value-of select="concat($pair/@writer, ' → ', $pair/@reader)"/></a>
              <strong><xsl:text>, </xsl:text><xsl:for-each select="$features[$place]"><xsl:call-template name="feature"/></xsl:for-each></strong>
              <xsl:value-of select="concat(' (', $legend, '): ')"/><span class="message" lang="en"><xsl:value-of select="@reason"/></span></li>
          </xsl:if>
        </xsl:for-each>
      </xsl:for-each>
    </ul>
  </xsl:template>

  <xsl:template name="matrix-style"><![CDATA[
.servers { display: flex; flex-wrap: wrap; gap: 0 2rem; }
.server { min-width: 0; }
table { border-collapse: collapse; }
table.matrix th, table.matrix td { padding: .35rem .45rem; border: 1px solid var(--line); text-align: center; vertical-align: middle; font-size: .86rem; overflow-wrap: normal; }
table.matrix th[scope=row] { text-align: right; } .corner { color: var(--muted); font-size: .75rem; }
.grid { display: grid; grid-template-columns: repeat(5, 1.05rem); gap: 2px; justify-content: center; margin-bottom: .15rem; }
.q { display: inline-block; width: 1.05rem; height: 1.05rem; border-radius: 3px; background: var(--s); color: var(--c); font-size: .72rem; line-height: 1.05rem; text-align: center; font-weight: 700; }
table.pairs th, table.pairs td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; font-size: .86rem; }
table.pairs td { color: var(--c); background: var(--s); } .sign { font-weight: 700; }
.order { display: flex; flex-wrap: wrap; gap: 0 1.4rem; margin-top: .4rem; list-style: decimal inside; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin-top: .4rem; font-size: .9rem; }
.reasons li { margin: .3rem 0; }
]]></xsl:template>
</xsl:stylesheet>

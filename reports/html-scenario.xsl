<?xml version="1.0" encoding="UTF-8"?>
<!-- A suite's scenarios: their checks with evidence, and the conversation between their devices. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <!-- Where a device stands among those of its scenario: its lane. -->
  <xsl:key name="device" match="actor" use="concat(../@id, ' ', @name)"/>

  <xsl:template match="suite">
    <section class="suite" aria-labelledby="suite-{@name}">
      <h3 id="suite-{@name}"><xsl:value-of select="@name"/></h3>
      <xsl:apply-templates select="scenario"/>
    </section>
  </xsl:template>

  <xsl:template match="scenario">
    <details class="scenario" id="{@id}">
      <xsl:if test="check[@verdict = 'fail' or @verdict = 'error' or @verdict = 'inconclusive']">
        <xsl:attribute name="open">open</xsl:attribute>
      </xsl:if>
      <summary>
        <xsl:call-template name="badge"/>
        <span class="what">
          <span class="title"><xsl:choose>
            <xsl:when test="@title != ''"><xsl:value-of select="@title"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="@slug"/></xsl:otherwise>
          </xsl:choose></span>
          <code><xsl:value-of select="@id"/></code>
        </span>
        <span class="meta">
          <xsl:value-of select="concat(count(check), ' ')"/>
          <xsl:choose>
            <xsl:when test="count(check) = 1"><xsl:value-of select="$t/check"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="$t/checks"/></xsl:otherwise>
          </xsl:choose>
          <xsl:text> · </xsl:text>
          <xsl:call-template name="duration"/>
        </span>
      </summary>
      <div class="inner">
        <xsl:if test="about"><p><xsl:value-of select="about"/></p></xsl:if>
        <xsl:if test="@message != '' and not(check[message = current()/@message])">
          <p><xsl:value-of select="@message"/></p>
        </xsl:if>
        <xsl:for-each select="run[@postamble != ''][1]">
          <p class="remark"><xsl:value-of select="concat($t/postamble, ' ', @postamble)"/></p>
        </xsl:for-each>
        <xsl:apply-templates select="check"/>
        <xsl:apply-templates select="run[*]"/>
      </div>
    </details>
  </xsl:template>

  <!-- ==== checks ==== -->

  <xsl:template name="check-title">
    <xsl:choose>
      <xsl:when test="@title != ''"><xsl:value-of select="@title"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="translate(@slug, '-', ' ')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:key name="requirement" match="requirement" use="@key"/>

  <xsl:template name="level">
    <xsl:variable name="level" select="@level"/>
    <span class="level l-{$level}"><xsl:value-of select="$t/*[name() = $level]"/></span>
  </xsl:template>

  <xsl:template name="reference">
    <xsl:choose>
      <xsl:when test="@address"><a href="{@address}" title="{@ref}" rel="noreferrer"><xsl:value-of select="@label"/></a></xsl:when>
      <xsl:otherwise><span><xsl:value-of select="@label"/></span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The level and the citations of a check, in a line. -->
  <xsl:template name="requirement">
    <span class="requirement">
      <xsl:call-template name="level"/>
      <xsl:for-each select="cite[not(@label = preceding-sibling::cite/@label)]"><xsl:text> </xsl:text><xsl:call-template name="reference"/></xsl:for-each>
    </span>
  </xsl:template>

  <!-- The citations with what they say. -->
  <xsl:template name="requirements">
    <xsl:if test="cite">
      <ul class="requirements">
        <xsl:for-each select="cite">
          <li><xsl:call-template name="reference"/>
            <xsl:if test="key('requirement', @ref) != ''"><xsl:text> </xsl:text><span><xsl:value-of select="key('requirement', @ref)"/></span></xsl:if>
          </li>
        </xsl:for-each>
      </ul>
    </xsl:if>
  </xsl:template>

  <xsl:template name="baseline">
    <xsl:if test="baseline">
      <xsl:variable name="expected" select="baseline/@verdict"/>
      <p class="remark"><xsl:value-of select="concat($t/baseline-expects, ' ', $t/*[name() = $expected])"/>
        <xsl:if test="baseline != ''">: <span lang="en"><xsl:value-of select="baseline"/></span></xsl:if>
        <xsl:call-template name="baseline-more"/></p>
    </xsl:if>
  </xsl:template>

  <!-- The pattern that names the check in the baseline, until when it holds, and where more is to be read. -->
  <xsl:template name="baseline-more">
    <xsl:if test="baseline/@pattern"><xsl:text> </xsl:text><code><xsl:value-of select="baseline/@pattern"/></code></xsl:if>
    <xsl:if test="baseline/@expires"><xsl:value-of select="concat(' ', $t/baseline-expires, ' ', baseline/@expires)"/></xsl:if>
    <xsl:if test="starts-with(baseline/@link, 'https://') or starts-with(baseline/@link, 'http://')">
      <xsl:text> </xsl:text><a href="{baseline/@link}" rel="noreferrer"><xsl:value-of select="baseline/@link"/></a>
    </xsl:if>
  </xsl:template>

  <xsl:template match="check">
    <xsl:variable name="plain" select="@verdict = 'pass' or @verdict = 'unsupported'"/>
    <article class="check" id="{@id}" data-verdict="{@verdict}">
      <div class="line">
        <xsl:call-template name="badge"/>
        <div>
          <p class="title"><xsl:call-template name="lang"/><xsl:call-template name="check-title"/><xsl:text> </xsl:text>
            <a class="self" href="#{@id}" title="{$t/link}" aria-label="{$t/link}">#</a></p>
          <p class="small">
            <xsl:choose>
              <xsl:when test="$plain"><xsl:call-template name="requirement"/></xsl:when>
              <xsl:otherwise><xsl:call-template name="level"/></xsl:otherwise>
            </xsl:choose>
            <xsl:text> </xsl:text><code class="where"><xsl:value-of select="concat(@file, ':', @line)"/></code>
            <xsl:text> </xsl:text><span class="meta"><xsl:call-template name="duration"/></span>
          </p>
          <xsl:if test="@raised = 'true'"><p class="small"><xsl:value-of select="$t/raised"/></p></xsl:if>
          <xsl:if test="not($plain)"><xsl:call-template name="requirements"/></xsl:if>
          <xsl:if test="message != ''"><p class="message"><xsl:call-template name="message-lang"/><xsl:value-of select="message"/></p></xsl:if>
          <xsl:call-template name="baseline"/>
          <xsl:call-template name="mends"/>
          <xsl:if test="seen">
            <p class="remark"><xsl:value-of select="$t/unstable"/>
              <xsl:for-each select="seen">
                <xsl:variable name="verdict" select="@verdict"/>
                <xsl:value-of select="concat(' ', @times, ' ', $t/times, ' ', $t/*[name() = $verdict])"/>
                <xsl:if test="position() != last()">,</xsl:if>
              </xsl:for-each>
            </p>
          </xsl:if>
        </div>
      </div>
      <xsl:if test="expected or actual">
        <xsl:if test="@path"><p class="small path"><xsl:value-of select="concat($t/first-difference, ' ')"/><code><xsl:value-of select="@path"/></code></p></xsl:if>
        <div class="sides">
          <xsl:apply-templates select="expected | actual"/>
        </div>
      </xsl:if>
      <xsl:choose>
        <xsl:when test="$plain">
          <details class="again">
            <summary><xsl:value-of select="$t/more"/></summary>
            <xsl:call-template name="requirements"/>
            <pre><xsl:value-of select="again"/></pre>
          </details>
        </xsl:when>
        <xsl:otherwise>
          <div class="again"><span><xsl:value-of select="$t/again"/></span><pre><xsl:value-of select="again"/></pre></div>
        </xsl:otherwise>
      </xsl:choose>
    </article>
  </xsl:template>

  <xsl:template match="expected | actual">
    <xsl:variable name="name" select="name()"/>
    <figure class="{$name}">
      <figcaption><xsl:choose>
        <xsl:when test="@negative"><xsl:value-of select="$t/expected-not"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="$t/*[name() = $name]"/></xsl:otherwise>
      </xsl:choose></figcaption>
      <pre tabindex="0"><xsl:value-of select="."/></pre>
    </figure>
  </xsl:template>

  <!-- ==== the conversation ==== -->

  <xsl:template match="run">
    <details class="transcript">
      <summary>
        <xsl:value-of select="$t/transcript"/>
        <xsl:if test="../@runs &gt; 1"><xsl:value-of select="concat(' (', $t/run, ' ', @repeat + 1, ')')"/></xsl:if>
        <span class="small"><xsl:value-of select="concat(' ', count(*), ' ', $t/entries)"/></span>
      </summary>
      <ul class="devices" aria-label="{$t/devices}">
        <xsl:for-each select="../actor">
          <li><xsl:attribute name="class"><xsl:call-template name="lane"/></xsl:attribute>
            <b><xsl:value-of select="@name"/></b>
            <xsl:text> </xsl:text>
            <span class="small"><xsl:value-of select="@jid"/><xsl:if test="@resource != ''"><xsl:value-of select="concat('/', @resource)"/></xsl:if>
              <xsl:if test="@peer"><xsl:value-of select="concat(', ', $t/at, ' ', /results/peer/@name)"/></xsl:if></span>
          </li>
        </xsl:for-each>
        <li class="small"><xsl:value-of select="$t/clock"/></li>
      </ul>
      <ol class="talk"><xsl:apply-templates select="*"/></ol>
    </details>
  </xsl:template>

  <xsl:template name="lane">
    <xsl:variable name="device" select="key('device', concat(ancestor-or-self::scenario/@id, ' ', @actor | self::actor/@name))[1]"/>
    <xsl:if test="$device"><xsl:value-of select="concat('d', count($device/preceding-sibling::actor) mod 6)"/></xsl:if>
  </xsl:template>

  <xsl:template name="at">
    <span class="at"><xsl:value-of select="translate(format-number(@at, '0.0'), '.', $t/point)"/></span>
  </xsl:template>

  <xsl:template match="step">
    <li class="step">
      <xsl:call-template name="at"/>
      <span><code class="where"><xsl:if test="@file != ../../@file"><xsl:call-template name="base-name"><xsl:with-param name="path" select="@file"/></xsl:call-template>:</xsl:if>
        <xsl:value-of select="@line"/></code><xsl:text> </xsl:text><xsl:value-of select="."/></span>
    </li>
  </xsl:template>

  <xsl:template name="base-name">
    <xsl:param name="path"/>
    <xsl:choose>
      <xsl:when test="contains($path, '/')"><xsl:call-template name="base-name"><xsl:with-param name="path" select="substring-after($path, '/')"/></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:value-of select="$path"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="out | in | shown">
    <li>
      <xsl:attribute name="class">
        <xsl:value-of select="concat(name(), ' ')"/>
        <xsl:call-template name="lane"/>
        <xsl:if test="@fence"> fence</xsl:if>
        <xsl:if test="@passed = 'true'"> decided-well</xsl:if>
        <xsl:if test="@passed = 'false'"> decided-badly</xsl:if>
      </xsl:attribute>
      <xsl:call-template name="at"/>
      <details>
        <summary>
          <b class="who"><xsl:value-of select="@actor"/></b>
          <xsl:text> </xsl:text>
          <xsl:choose>
            <xsl:when test="self::out"><span class="way"><xsl:value-of select="$t/sends"/> →</span></xsl:when>
            <xsl:when test="self::shown"><span class="way"><xsl:value-of select="$t/shows"/></span></xsl:when>
            <xsl:otherwise><span class="way"><xsl:value-of select="$t/gets"/> ←</span></xsl:otherwise>
          </xsl:choose>
          <xsl:text> </xsl:text>
          <xsl:call-template name="gist"/>
          <xsl:if test="@fence"><span class="tag"><xsl:value-of select="$t/fence"/></span></xsl:if>
          <xsl:if test="@matched"><span class="tag evidence"><xsl:value-of select="concat($t/evidence, ' ', @matched)"/></span></xsl:if>
        </summary>
        <pre tabindex="0"><xsl:value-of select="."/></pre>
      </details>
    </li>
  </xsl:template>

  <xsl:template name="gist">
    <xsl:choose>
      <xsl:when test="@kind"><strong><xsl:value-of select="@kind"/></strong></xsl:when>
      <xsl:otherwise><span class="tag"><xsl:value-of select="$t/raw"/></span></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@type"><xsl:value-of select="concat(' ', @type)"/></xsl:if>
    <xsl:if test="@peer">
      <xsl:choose>
        <xsl:when test="self::out"><xsl:value-of select="concat(' ', $t/to, ' ')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="concat(' ', $t/from, ' ')"/></xsl:otherwise>
      </xsl:choose>
      <xsl:value-of select="@peer"/>
    </xsl:if>
    <xsl:if test="@body"><q><xsl:value-of select="@body"/></q></xsl:if>
    <xsl:if test="@payload"><span class="payload"><xsl:value-of select="@payload"/></span></xsl:if>
  </xsl:template>

  <xsl:template match="note">
    <li><xsl:attribute name="class">note <xsl:call-template name="lane"/></xsl:attribute>
      <xsl:call-template name="at"/>
      <span><b class="who"><xsl:value-of select="@actor"/></b><xsl:text> </xsl:text><xsl:value-of select="."/></span>
    </li>
  </xsl:template>

  <xsl:template match="measure">
    <li class="note">
      <xsl:call-template name="at"/>
      <span><xsl:value-of select="concat($t/measured, ' ', @label, ': ', translate(format-number(@ms, '0.00'), '.', $t/point), ' ', $t/milliseconds)"/></span>
    </li>
  </xsl:template>

  <xsl:template match="verdict">
    <li class="decided">
      <xsl:call-template name="at"/>
      <span><xsl:call-template name="badge"/> <a href="#{@check}"><xsl:value-of select="@slug"/></a></span>
    </li>
  </xsl:template>
</xsl:stylesheet>

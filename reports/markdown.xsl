<?xml version="1.0" encoding="UTF-8"?>
<!-- results.xml as Markdown (every word: texts/LANGUAGE.xml), for the summary of a pipeline's job: what is not as expected, with its evidence, and little more.
     What comes from a server stands in indented code, where nothing is markup, or is escaped. Services cut or refuse a
     summary that is longer than a mebibyte, so texts and lists have a most; all of it is in result.json. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:str="http://exslt.org/strings"
  exclude-result-prefixes="str">
  <xsl:output method="text" encoding="UTF-8"/>

  <xsl:include href="words.xsl"/>

  <xsl:key name="requirement" match="requirement" use="@key"/>

  <!-- Checks that are told with evidence, checks in a list, characters of a text. -->
  <xsl:variable name="most-told" select="50"/>
  <xsl:variable name="most-listed" select="200"/>
  <xsl:variable name="most-text" select="3000"/>

  <xsl:variable name="checks" select="/results/suite/scenario/check"/>

  <xsl:template match="/results">
    <xsl:if test="not($t)">
      <xsl:message terminate="yes"><xsl:value-of select="concat('texts/', $language, '.xml is missing')"/></xsl:message>
    </xsl:if>
    <xsl:value-of select="concat('# ', $t/markdown-title, ': ')"/>
    <xsl:choose>
      <xsl:when test="@status = 0"><xsl:value-of select="$t/status-expected"/></xsl:when>
      <xsl:when test="@status = 77"><xsl:value-of select="$t/status-nothing"/></xsl:when>
      <xsl:when test="@status = 4"><xsl:value-of select="$t/status-error"/></xsl:when>
      <xsl:when test="summary/@fail &gt; 0"><xsl:value-of select="$t/status-fail"/></xsl:when>
      <xsl:when test="@complete = 'false'"><xsl:value-of select="$t/status-incomplete"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$t/status-inconclusive"/></xsl:otherwise>
    </xsl:choose>
    <xsl:text>&#10;&#10;</xsl:text>
    <xsl:if test="client">
      <xsl:value-of select="concat($t/client, ' ')"/>
      <xsl:call-template name="line"><xsl:with-param name="text" select="concat(client/@name, ' (', client/@product, ')')"/></xsl:call-template>
      <xsl:if test="second-client">
        <xsl:value-of select="concat(', ', $t/second-client, ' ')"/>
        <xsl:call-template name="line"><xsl:with-param name="text" select="concat(second-client/@name, ' (', second-client/@product, ')')"/></xsl:call-template>
      </xsl:if>
      <xsl:value-of select="concat(', ', $t/reference, ' ')"/>
    </xsl:if>
    <xsl:call-template name="line"><xsl:with-param name="text" select="target/@name"/></xsl:call-template>
    <xsl:if test="target/@product != ''">
      <xsl:text>, </xsl:text>
      <xsl:call-template name="line"><xsl:with-param name="text" select="target/@product"/></xsl:call-template>
    </xsl:if>
    <xsl:if test="peer">
      <xsl:value-of select="concat(', ', $t/peer, ' ')"/>
      <xsl:call-template name="line"><xsl:with-param name="text" select="peer/@name"/></xsl:call-template>
    </xsl:if>
    <xsl:value-of select="concat(', ', $t/in-profile, ' ')"/>
    <xsl:call-template name="line"><xsl:with-param name="text" select="tool/@profile"/></xsl:call-template>
    <xsl:text>, </xsl:text>
    <xsl:call-template name="line"><xsl:with-param name="text" select="concat(tool/@name, ' ', tool/@version)"/></xsl:call-template>
    <xsl:text>&#10;&#10;</xsl:text>
    <xsl:apply-templates select="summary"/>
    <xsl:if test="@complete = 'false'">
      <xsl:value-of select="concat('&#10;', $t/markdown-incomplete, ' ', tool/@begun, ' ', $t/of, ' ', tool/@planned, ' ', $t/markdown-began, '&#10;')"/>
    </xsl:if>
    <xsl:call-template name="told">
      <xsl:with-param name="title" select="$t/markdown-fail"/>
      <xsl:with-param name="of" select="$checks[@verdict = 'fail' or @verdict = 'error' or @verdict = 'inconclusive']"/>
    </xsl:call-template>
    <xsl:call-template name="listed">
      <xsl:with-param name="title" select="$t/markdown-weak"/>
      <xsl:with-param name="of" select="$checks[@verdict = 'weak']"/>
    </xsl:call-template>
    <xsl:call-template name="listed">
      <xsl:with-param name="title" select="$t/markdown-fixed"/>
      <xsl:with-param name="of" select="$checks[@verdict = 'fixed']"/>
    </xsl:call-template>
    <xsl:call-template name="listed">
      <xsl:with-param name="title" select="$t/markdown-known"/>
      <xsl:with-param name="of" select="$checks[@verdict = 'known']"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="summary">
    <xsl:value-of select="concat('| ', $t/markdown-verdict, ' | ', $t/markdown-checks, ' |&#10;|---|---:|&#10;')"/>
    <xsl:for-each select="@pass | @weak | @fail | @unsupported | @inconclusive | @error | @known | @fixed | @not_run">
      <xsl:variable name="verdict" select="name()"/>
      <xsl:if test=". &gt; 0">
        <xsl:value-of select="concat('| ', $t/*[name() = $verdict], ' | ', ., ' |&#10;')"/>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="told">
    <xsl:param name="title"/>
    <xsl:param name="of"/>
    <xsl:if test="$of">
      <xsl:value-of select="concat('&#10;## ', $title, '&#10;')"/>
      <xsl:for-each select="$of[position() &lt;= $most-told]">
        <xsl:text>&#10;### </xsl:text>
        <xsl:call-template name="line"><xsl:with-param name="text" select="@id"/></xsl:call-template>
        <xsl:variable name="verdict" select="@verdict"/>
        <xsl:variable name="level" select="@level"/>
        <xsl:value-of select="concat('&#10;&#10;**', $t/*[name() = $verdict], '** (', $t/*[name() = $level])"/>
        <xsl:for-each select="cite">
          <xsl:text>, </xsl:text>
          <xsl:call-template name="line"><xsl:with-param name="text" select="@label"/></xsl:call-template>
        </xsl:for-each>
        <xsl:text>): </xsl:text>
        <xsl:call-template name="line"><xsl:with-param name="text" select="message"/></xsl:call-template>
        <xsl:text>&#10;</xsl:text>
        <xsl:for-each select="cite[key('requirement', @ref) != '']">
          <xsl:text>&#10;> </xsl:text>
          <xsl:call-template name="line"><xsl:with-param name="text" select="concat(@label, ': ', key('requirement', @ref))"/></xsl:call-template>
          <xsl:text>&#10;</xsl:text>
        </xsl:for-each>
        <xsl:apply-templates select="expected | actual | again" mode="code"/>
      </xsl:for-each>
      <xsl:call-template name="left-out"><xsl:with-param name="count" select="count($of) - $most-told"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="code">
    <xsl:variable name="label" select="concat('markdown-', name())"/>
    <xsl:value-of select="concat('&#10;', $t/*[name() = $label], ':&#10;&#10;    ')"/>
    <xsl:value-of select="str:replace(substring(., 1, $most-text), '&#10;', '&#10;    ')"/>
    <xsl:if test="string-length(.) &gt; $most-text"> …</xsl:if>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <xsl:template name="listed">
    <xsl:param name="title"/>
    <xsl:param name="of"/>
    <xsl:if test="$of">
      <xsl:value-of select="concat('&#10;## ', $title, '&#10;&#10;')"/>
      <xsl:for-each select="$of[position() &lt;= $most-listed]">
        <xsl:text>- </xsl:text>
        <xsl:call-template name="line"><xsl:with-param name="text" select="@id"/></xsl:call-template>
        <xsl:variable name="why" select="(baseline | message[not(../baseline)])[1]"/>
        <xsl:if test="$why != ''">
          <xsl:text>: </xsl:text>
          <xsl:call-template name="line"><xsl:with-param name="text" select="$why"/></xsl:call-template>
        </xsl:if>
        <xsl:text>&#10;</xsl:text>
      </xsl:for-each>
      <xsl:call-template name="left-out"><xsl:with-param name="count" select="count($of) - $most-listed"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="left-out">
    <xsl:param name="count"/>
    <xsl:if test="$count &gt; 0">
      <xsl:value-of select="concat('&#10;', $t/markdown-and, ' ', $count, ' ', $t/markdown-more, '&#10;')"/>
    </xsl:if>
  </xsl:template>

  <!-- One line in which nothing is markup, no address becomes a link and no name a mention. -->
  <xsl:template name="line">
    <xsl:param name="text"/>
    <xsl:call-template name="escaped">
      <xsl:with-param name="text" select="normalize-space(substring($text, 1, $most-text))"/>
    </xsl:call-template>
    <xsl:if test="string-length($text) &gt; $most-text"> …</xsl:if>
  </xsl:template>

  <xsl:template name="escaped">
    <xsl:param name="text"/>
    <xsl:param name="characters">\`*_{}[]#|~!$</xsl:param>
    <xsl:choose>
      <xsl:when test="$characters != ''">
        <xsl:variable name="first" select="substring($characters, 1, 1)"/>
        <xsl:call-template name="escaped">
          <xsl:with-param name="text" select="string(str:replace($text, $first, concat('\', $first)))"/>
          <xsl:with-param name="characters" select="substring($characters, 2)"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:variable name="and" select="string(str:replace($text, '&amp;', '&amp;amp;'))"/>
        <xsl:variable name="less" select="string(str:replace($and, '&lt;', '&amp;lt;'))"/>
        <xsl:variable name="more" select="string(str:replace($less, '>', '&amp;gt;'))"/>
        <xsl:variable name="links" select="string(str:replace($more, '://', ':&#x200B;//'))"/>
        <xsl:variable name="hosts" select="string(str:replace($links, 'www.', 'www&#x200B;.'))"/>
        <xsl:value-of select="str:replace($hosts, '@', '@&#x200B;')"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>

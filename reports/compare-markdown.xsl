<?xml version="1.0" encoding="UTF-8"?>
<!-- A comparison in Markdown (GitHub's and GitLab's tables). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:include href="compare-common.xsl"/>
  <xsl:include href="compare-markdown-common.xsl"/>

  <xsl:template match="/comparison">
    <xsl:if test="not($t)">
      <xsl:message terminate="yes"><xsl:value-of select="concat('compare-texts/', $language, '.xml is missing')"/></xsl:message>
    </xsl:if>
    <xsl:value-of select="concat('# ', $t/comparison, '&#10;&#10;')"/>
    <xsl:call-template name="figures"/>
    <xsl:text>.&#10;&#10;</xsl:text>
    <xsl:call-template name="systems"/>
    <xsl:for-each select="step">
      <xsl:value-of select="concat('&#10;## ', $t/changes, '&#10;')"/>
      <xsl:call-template name="changes"><xsl:with-param name="heading" select="'###'"/></xsl:call-template>
    </xsl:for-each>
    <xsl:value-of select="concat('&#10;## ', $t/suites, '&#10;&#10;', $t/suites-caption, '.&#10;&#10;| ', $t/suite, ' |')"/>
    <xsl:call-template name="labels"/>
    <xsl:text>&#10;|---|</xsl:text>
    <xsl:for-each select="$runs">---:|</xsl:for-each>
    <xsl:text>&#10;</xsl:text>
    <xsl:for-each select="suite">
      <xsl:text>| </xsl:text>
      <xsl:call-template name="markdown"><xsl:with-param name="text" select="@name"/></xsl:call-template>
      <xsl:text> |</xsl:text>
      <xsl:for-each select="totals"><xsl:call-template name="passed-of"/></xsl:for-each>
      <xsl:text>&#10;</xsl:text>
    </xsl:for-each>
    <xsl:value-of select="concat('| **', $t/total, '** |')"/>
    <xsl:for-each select="$runs"><xsl:call-template name="passed-of"/></xsl:for-each>
    <xsl:value-of select="concat('&#10;&#10;## ', $t/matrix, '&#10;')"/>
    <xsl:if test="@only-different = 'true'"><xsl:value-of select="concat('&#10;', $t/only-note, '&#10;')"/></xsl:if>
    <xsl:if test="@only-different = 'true' and @differing = 0"><xsl:value-of select="concat('&#10;', $t/nothing-differs, '&#10;')"/></xsl:if>
    <xsl:apply-templates select="suite[check]"/>
  </xsl:template>

  <xsl:template name="passed-of">
    <xsl:text> </xsl:text>
    <xsl:call-template name="passed"/>
    <xsl:value-of select="concat(' ', $t/of, ' ')"/>
    <xsl:call-template name="played"/>
    <xsl:text> |</xsl:text>
  </xsl:template>

  <xsl:template name="labels">
    <xsl:for-each select="$runs">
      <xsl:text> </xsl:text>
      <xsl:call-template name="markdown"><xsl:with-param name="text" select="@label"/></xsl:call-template>
      <xsl:text> |</xsl:text>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="systems">
    <xsl:value-of select="concat('| ', $t/system, ' |')"/>
    <xsl:call-template name="verdict-heads"/>
    <xsl:for-each select="$runs">
      <xsl:text>| **</xsl:text>
      <xsl:call-template name="markdown"><xsl:with-param name="text" select="@label"/></xsl:call-template>
      <xsl:text>** </xsl:text>
      <xsl:variable name="line"><xsl:call-template name="circumstances"/></xsl:variable>
      <xsl:call-template name="markdown"><xsl:with-param name="text" select="$line"/></xsl:call-template>
      <xsl:text> |</xsl:text>
      <xsl:call-template name="counts"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="suite">
    <xsl:text>&#10;### </xsl:text>
    <xsl:call-template name="markdown"><xsl:with-param name="text" select="@name"/></xsl:call-template>
    <xsl:value-of select="concat('&#10;&#10;| ', $t/check, ' |')"/>
    <xsl:call-template name="labels"/>
    <xsl:text>&#10;|---|</xsl:text>
    <xsl:for-each select="$runs">---|</xsl:for-each>
    <xsl:text>&#10;</xsl:text>
    <xsl:for-each select="check">
      <xsl:text>| </xsl:text>
      <xsl:if test="@different = 'true'">**</xsl:if>
      <xsl:call-template name="markdown"><xsl:with-param name="text" select="@slug"/></xsl:call-template>
      <xsl:if test="@different = 'true'">**</xsl:if>
      <xsl:text> |</xsl:text>
      <xsl:for-each select="cell">
        <xsl:text> </xsl:text>
        <xsl:call-template name="verdict"/>
        <xsl:text> |</xsl:text>
      </xsl:for-each>
      <xsl:text>&#10;</xsl:text>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>

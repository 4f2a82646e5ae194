<?xml version="1.0" encoding="UTF-8"?>
<!-- A history in Markdown. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:include href="compare-common.xsl"/>
  <xsl:include href="compare-markdown-common.xsl"/>

  <xsl:template match="/comparison">
    <xsl:if test="not($t)">
      <xsl:message terminate="yes"><xsl:value-of select="concat('compare-texts/', $language, '.xml is missing')"/></xsl:message>
    </xsl:if>
    <xsl:value-of select="concat('# ', $t/history, ': ')"/>
    <xsl:call-template name="markdown"><xsl:with-param name="text" select="$tested"/></xsl:call-template>
    <xsl:value-of select="concat('&#10;&#10;| ', $t/begun, ' |')"/>
    <xsl:call-template name="verdict-heads"/>
    <xsl:for-each select="$runs">
      <xsl:text>| **</xsl:text>
      <xsl:call-template name="markdown"><xsl:with-param name="text"><xsl:call-template name="date"/></xsl:with-param></xsl:call-template>
      <xsl:text>** </xsl:text>
      <xsl:call-template name="markdown"><xsl:with-param name="text"><xsl:call-template name="setting"/></xsl:with-param></xsl:call-template>
      <xsl:text> |</xsl:text>
      <xsl:call-template name="counts"/>
    </xsl:for-each>
    <xsl:if test="step"><xsl:value-of select="concat('&#10;## ', $t/changes, '&#10;')"/></xsl:if>
    <xsl:for-each select="step">
      <xsl:text>&#10;### </xsl:text>
      <xsl:call-template name="markdown">
        <xsl:with-param name="text"><xsl:call-template name="date"><xsl:with-param name="stamp" select="$runs[@number = current()/@after]/@started"/></xsl:call-template></xsl:with-param>
      </xsl:call-template>
      <xsl:text>&#10;</xsl:text>
      <xsl:call-template name="changes"><xsl:with-param name="heading" select="'####'"/></xsl:call-template>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>

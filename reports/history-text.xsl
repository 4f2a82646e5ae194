<?xml version="1.0" encoding="UTF-8"?>
<!-- A history for the terminal: a row for each run, and what changed at each step. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:include href="compare-common.xsl"/>

  <xsl:template match="/comparison">
    <xsl:value-of select="concat($tested, '&#10;&#10;')"/>
    <xsl:call-template name="padded"><xsl:with-param name="text" select="$t/begun"/><xsl:with-param name="width" select="22"/></xsl:call-template>
    <xsl:for-each select="$verdicts">
      <xsl:variable name="verdict" select="name()"/>
      <xsl:call-template name="padded"><xsl:with-param name="text" select="$t/*[name() = $verdict]"/></xsl:call-template>
    </xsl:for-each>
    <xsl:if test="$runs/grade"><xsl:value-of select="$t/grade"/></xsl:if>
    <xsl:text>&#10;</xsl:text>
    <xsl:for-each select="$runs">
      <xsl:variable name="run" select="."/>
      <xsl:variable name="date"><xsl:call-template name="date"/></xsl:variable>
      <xsl:call-template name="padded"><xsl:with-param name="text" select="$date"/><xsl:with-param name="width" select="22"/></xsl:call-template>
      <xsl:for-each select="$verdicts">
        <xsl:variable name="verdict" select="name()"/>
        <xsl:call-template name="padded"><xsl:with-param name="text" select="$run/@*[name() = $verdict]"/></xsl:call-template>
      </xsl:for-each>
      <xsl:call-template name="grades"/>
      <xsl:if test="@complete != 'true'"><xsl:value-of select="concat(' (', $t/incomplete, ')')"/></xsl:if>
      <xsl:text>&#10;</xsl:text>
    </xsl:for-each>
    <xsl:for-each select="step">
      <xsl:text>&#10;</xsl:text>
      <xsl:call-template name="date"><xsl:with-param name="stamp" select="$runs[@number = current()/@after]/@started"/></xsl:call-template>
      <xsl:text>&#10;</xsl:text>
      <xsl:if test="not(change)"><xsl:value-of select="concat('  ', $t/unchanged, '&#10;')"/></xsl:if>
      <xsl:for-each select="change">
        <xsl:variable name="kind" select="@kind"/>
        <xsl:text>  </xsl:text>
        <xsl:call-template name="padded"><xsl:with-param name="text" select="@kind"/><xsl:with-param name="width" select="8"/></xsl:call-template>
        <xsl:value-of select="concat(@id, ': ', @before, ', ', @after, '&#10;')"/>
      </xsl:for-each>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>

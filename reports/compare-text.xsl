<?xml version="1.0" encoding="UTF-8"?>
<!-- A comparison for the terminal. Of two: a line for each check on which they differ, and below it what each says. Of more: who they are,
     a row for each such check, and the totals. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:include href="compare-common.xsl"/>

  <xsl:template match="/comparison">
    <xsl:choose>
      <xsl:when test="count($runs) = 2"><xsl:apply-templates select="suite/check[@different = 'true']" mode="pair"/></xsl:when>
      <xsl:otherwise><xsl:call-template name="rows"/></xsl:otherwise>
    </xsl:choose>
    <xsl:call-template name="figures"/>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="check" mode="pair">
    <xsl:value-of select="concat(@id, ': ', cell[1]/@verdict, ', ', cell[2]/@verdict, '&#10;')"/>
    <xsl:for-each select="cell[. != '']"><xsl:value-of select="concat('    ', normalize-space(.), '&#10;')"/></xsl:for-each>
  </xsl:template>

  <xsl:template name="rows">
    <xsl:for-each select="$runs">
      <xsl:value-of select="concat('[', @number, '] ', @label, ': ')"/>
      <xsl:call-template name="circumstances"/>
      <xsl:text>&#10;</xsl:text>
    </xsl:for-each>
    <xsl:text>&#10;</xsl:text>
    <xsl:call-template name="heads"/>
    <xsl:value-of select="concat($t/check, '&#10;')"/>
    <xsl:for-each select="suite/check[@different = 'true']">
      <xsl:for-each select="cell">
        <xsl:call-template name="padded"><xsl:with-param name="text" select="translate(@verdict, '_', ' ')"/></xsl:call-template>
      </xsl:for-each>
      <xsl:value-of select="concat(@id, '&#10;')"/>
    </xsl:for-each>
    <xsl:text>&#10;</xsl:text>
    <xsl:call-template name="heads"/>
    <xsl:value-of select="concat($t/suites-caption, '&#10;')"/>
    <xsl:for-each select="suite">
      <xsl:for-each select="totals"><xsl:call-template name="passed-of"/></xsl:for-each>
      <xsl:value-of select="concat(@name, '&#10;')"/>
    </xsl:for-each>
    <xsl:for-each select="$runs"><xsl:call-template name="passed-of"/></xsl:for-each>
    <xsl:value-of select="concat($t/total, '&#10;&#10;')"/>
  </xsl:template>

  <xsl:template name="heads">
    <xsl:for-each select="$runs">
      <xsl:call-template name="padded"><xsl:with-param name="text" select="concat('[', @number, ']')"/></xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="passed-of">
    <xsl:call-template name="padded">
      <xsl:with-param name="text">
        <xsl:call-template name="passed"/>
        <xsl:value-of select="concat(' ', $t/of, ' ')"/>
        <xsl:call-template name="played"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
</xsl:stylesheet>

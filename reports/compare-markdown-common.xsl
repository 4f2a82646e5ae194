<?xml version="1.0" encoding="UTF-8"?>
<!-- What comparisons and histories share in Markdown. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <!-- A sign and a word. -->
  <xsl:template name="verdict">
    <xsl:param name="verdict" select="@verdict"/>
    <xsl:call-template name="glyph"><xsl:with-param name="verdict" select="$verdict"/></xsl:call-template>
    <xsl:value-of select="concat(' ', $t/*[name() = $verdict])"/>
    <xsl:call-template name="observed"/>
  </xsl:template>

  <xsl:template name="verdict-heads">
    <xsl:for-each select="$verdicts">
      <xsl:variable name="verdict" select="name()"/>
      <xsl:value-of select="concat(' ', $t/*[name() = $verdict], ' |')"/>
    </xsl:for-each>
    <xsl:if test="$runs/grade"><xsl:value-of select="concat(' ', $t/grade, ' |')"/></xsl:if>
    <xsl:text>&#10;|---|</xsl:text>
    <xsl:for-each select="$verdicts">---:|</xsl:for-each>
    <xsl:if test="$runs/grade">---|</xsl:if>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <xsl:template name="counts">
    <xsl:variable name="run" select="."/>
    <xsl:for-each select="$verdicts">
      <xsl:variable name="verdict" select="name()"/>
      <xsl:value-of select="concat(' ', $run/@*[name() = $verdict], ' |')"/>
    </xsl:for-each>
    <xsl:if test="$runs/grade">
      <xsl:variable name="grades"><xsl:call-template name="grades"/></xsl:variable>
      <xsl:text> </xsl:text>
      <xsl:call-template name="markdown"><xsl:with-param name="text" select="$grades"/></xsl:call-template>
      <xsl:text> |</xsl:text>
    </xsl:if>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <!-- A step: a list for each kind of change. -->
  <xsl:template name="changes">
    <xsl:param name="heading"/>
    <xsl:variable name="step" select="."/>
    <xsl:if test="not(change)"><xsl:value-of select="concat('&#10;', $t/unchanged, '&#10;')"/></xsl:if>
    <xsl:for-each select="$kinds">
      <xsl:variable name="kind" select="name()"/>
      <xsl:variable name="changes" select="$step/change[@kind = $kind]"/>
      <xsl:if test="$changes">
        <xsl:value-of select="concat('&#10;', $heading, ' ')"/>
        <xsl:call-template name="kind-glyph"><xsl:with-param name="kind" select="$kind"/></xsl:call-template>
        <xsl:value-of select="concat(' ', $t/*[name() = $kind], ' (', count($changes), ')&#10;&#10;', $t/*[name() = concat('about-', $kind)], '&#10;&#10;')"/>
        <xsl:for-each select="$changes">
          <xsl:text>- </xsl:text>
          <xsl:call-template name="markdown"><xsl:with-param name="text" select="@id"/></xsl:call-template>
          <xsl:text>: </xsl:text>
          <xsl:call-template name="verdict"><xsl:with-param name="verdict" select="@before"/></xsl:call-template>
          <xsl:text> → </xsl:text>
          <xsl:call-template name="verdict"><xsl:with-param name="verdict" select="@after"/></xsl:call-template>
          <xsl:if test=". != ''">
            <xsl:text>. </xsl:text>
            <xsl:call-template name="markdown"><xsl:with-param name="text" select="string(.)"/></xsl:call-template>
          </xsl:if>
          <xsl:text>&#10;</xsl:text>
        </xsl:for-each>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>

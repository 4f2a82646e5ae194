<?xml version="1.0" encoding="UTF-8"?>
<!-- $t: every word of a report, from texts/LANGUAGE.xml. Where a client is under test, a text that is there twice is that `of="client"`. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:exsl="http://exslt.org/common"
  exclude-result-prefixes="exsl">
  <xsl:param name="language">en</xsl:param>
  <xsl:variable name="written" select="document(concat('texts/', $language, '.xml'))/texts"/>
  <xsl:variable name="chosen">
    <xsl:for-each select="$written">
      <xsl:copy>
        <xsl:copy-of select="@*"/>
        <xsl:for-each select="*[not(@of)]">
          <xsl:variable name="own" select="../*[@of = 'client' and name() = name(current())]"/>
          <xsl:choose>
            <xsl:when test="$under-test/client and $own"><xsl:copy-of select="$own"/></xsl:when>
            <xsl:otherwise><xsl:copy-of select="."/></xsl:otherwise>
          </xsl:choose>
        </xsl:for-each>
      </xsl:copy>
    </xsl:for-each>
  </xsl:variable>
  <xsl:variable name="under-test" select="/results"/>
  <xsl:variable name="t" select="exsl:node-set($chosen)/texts"/>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- What the pages of measurements share. Whoever includes it has $language, and its texts in $t. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="title | about | unit">
    <xsl:choose>
      <xsl:when test="@*[name() = $language]"><xsl:value-of select="@*[name() = $language]"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@en"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="faults">
    <xsl:choose>
      <xsl:when test="faults/@*[. != 0]">
        <p class="v-fail"><strong><xsl:value-of select="$t/faults"/>: </strong>
          <xsl:for-each select="faults/@*[. != 0]"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="concat(., ' ', $t/of, ' ', ../../@sent, ' ', $t/*[name() = name(current())])"/></xsl:for-each>
        </p>
      </xsl:when>
      <xsl:otherwise><p class="small"><xsl:value-of select="$t/no-faults"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="ms">
    <xsl:param name="ns"/>
    <xsl:value-of select="translate(format-number($ns div 1000000, '0.000'), '.', $t/point)"/>
  </xsl:template>

  <xsl:template name="latency-style"><![CDATA[
table.latency td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.latency th[scope=row] .small { display: block; font-weight: 400; }
.definition { max-width: 60em; }
.plot img { max-width: 100%; height: auto; background: #fff; }
.plot figcaption { max-width: 60em; }
]]></xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- results.xml as TAP, the Test Anything Protocol: a check is a test point, its evidence a YAML block below it.
     fail, inconclusive, error: not ok. known: not ok, TODO, so that it fails nothing. fixed: ok, TODO, which readers report
     as an unexpected success. unsupported, not run: SKIP. weak: ok, and its block says it. A run that is incomplete ends with
     "Bail out!". The first line says version 13, which every reader knows; escapes are those of version 14, so that a
     reader of either reads the same. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:str="http://exslt.org/strings"
  exclude-result-prefixes="str">
  <xsl:output method="text" encoding="UTF-8"/>

  <xsl:key name="requirement" match="requirement" use="@key"/>

  <xsl:template match="/results">
    <xsl:text>TAP version 13&#10;</xsl:text>
    <xsl:value-of select="concat('1..', summary/@checks)"/>
    <xsl:if test="summary/@checks = 0"> # SKIP no check was planned</xsl:if>
    <xsl:text>&#10;</xsl:text>
    <xsl:apply-templates select="suite/scenario/check"/>
    <xsl:if test="@complete = 'false' and summary/@checks &gt; 0">
      <xsl:value-of select="concat('Bail out! The run is incomplete: ', tool/@begun, ' of ', tool/@planned, ' scenarios began.&#10;')"/>
    </xsl:if>
  </xsl:template>

  <xsl:template match="check">
    <xsl:if test="@verdict = 'fail' or @verdict = 'inconclusive' or @verdict = 'error' or @verdict = 'known'">not </xsl:if>
    <xsl:value-of select="concat('ok ', position(), ' - ')"/>
    <xsl:call-template name="line"><xsl:with-param name="text" select="@id"/></xsl:call-template>
    <xsl:apply-templates select="." mode="directive"/>
    <xsl:text>&#10;</xsl:text>
    <xsl:if test="not(@verdict = 'pass' or @verdict = 'unsupported' or @verdict = 'not_run')">
      <xsl:call-template name="block"/>
    </xsl:if>
  </xsl:template>

  <xsl:template match="check" mode="directive"/>
  <xsl:template match="check[@verdict = 'unsupported' or @verdict = 'not_run']" mode="directive">
    <xsl:value-of select="concat(' # SKIP ', translate(@verdict, '_', ' '))"/>
    <xsl:if test="message != ''">
      <xsl:text>: </xsl:text>
      <xsl:call-template name="line"><xsl:with-param name="text" select="message"/></xsl:call-template>
    </xsl:if>
  </xsl:template>
  <xsl:template match="check[@verdict = 'known' or @verdict = 'fixed']" mode="directive">
    <xsl:value-of select="concat(' # TODO the baseline expects ', baseline/@verdict)"/>
    <xsl:if test="baseline != ''">
      <xsl:text>: </xsl:text>
      <xsl:call-template name="line"><xsl:with-param name="text" select="baseline"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- Each value stands on one line, in double quotes. -->
  <xsl:template name="block">
    <xsl:text>  ---&#10;</xsl:text>
    <xsl:call-template name="member"><xsl:with-param name="name">verdict</xsl:with-param><xsl:with-param name="value" select="@verdict"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">level</xsl:with-param><xsl:with-param name="value" select="@level"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">title</xsl:with-param><xsl:with-param name="value" select="@title"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">message</xsl:with-param><xsl:with-param name="value" select="message"/></xsl:call-template>
    <xsl:if test="cite">
      <xsl:text>  cites:&#10;</xsl:text>
      <xsl:for-each select="cite">
        <xsl:text>    - </xsl:text>
        <xsl:call-template name="quoted">
          <xsl:with-param name="text">
            <xsl:value-of select="@label"/>
            <xsl:if test="key('requirement', @ref) != ''"><xsl:value-of select="concat(': ', key('requirement', @ref))"/></xsl:if>
          </xsl:with-param>
        </xsl:call-template>
      </xsl:for-each>
    </xsl:if>
    <xsl:call-template name="member"><xsl:with-param name="name">file</xsl:with-param><xsl:with-param name="value" select="concat(@file, ':', @line)"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">path</xsl:with-param><xsl:with-param name="value" select="@path"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">expected</xsl:with-param><xsl:with-param name="value" select="expected"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">actual</xsl:with-param><xsl:with-param name="value" select="actual"/></xsl:call-template>
    <xsl:call-template name="member"><xsl:with-param name="name">again</xsl:with-param><xsl:with-param name="value" select="again"/></xsl:call-template>
    <xsl:text>  ...&#10;</xsl:text>
  </xsl:template>

  <xsl:template name="member">
    <xsl:param name="name"/>
    <xsl:param name="value"/>
    <xsl:if test="$value != ''">
      <xsl:value-of select="concat('  ', $name, ': ')"/>
      <xsl:call-template name="quoted"><xsl:with-param name="text" select="$value"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="quoted">
    <xsl:param name="text"/>
    <xsl:variable name="slashes" select="str:replace(string($text), '\', '\\')"/>
    <xsl:variable name="quotes" select="str:replace(string($slashes), '&quot;', '\&quot;')"/>
    <xsl:variable name="tabs" select="str:replace(string($quotes), '&#9;', '\t')"/>
    <xsl:value-of select="concat('&quot;', str:replace(string($tabs), '&#10;', '\n'), '&quot;&#10;')"/>
  </xsl:template>

  <!-- A text on the line of a test point: one line, and no directive can begin in it. -->
  <xsl:template name="line">
    <xsl:param name="text"/>
    <xsl:variable name="slashes" select="str:replace(normalize-space($text), '\', '\\')"/>
    <xsl:value-of select="str:replace(string($slashes), '#', '\#')"/>
  </xsl:template>
</xsl:stylesheet>

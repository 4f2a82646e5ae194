<?xml version="1.0" encoding="UTF-8"?>
<!-- results.xml as JUnit XML, as CI systems read it: a suite of Assay is a testsuite, a check a testcase.
     fail: failure. inconclusive, error: error. unsupported, known, not run: skipped. weak and fixed pass, and say in
     system-out what a person should know. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>

  <xsl:key name="requirement" match="requirement" use="@key"/>

  <xsl:template match="/results">
    <testsuites name="assay" tests="{summary/@checks}" failures="{summary/@fail}"
      errors="{summary/@error + summary/@inconclusive}"
      skipped="{summary/@unsupported + summary/@known + summary/@not_run}"
      time="{format-number(sum(suite/scenario/check/@ms) div 1000, '0.000')}">
      <xsl:apply-templates select="suite"/>
    </testsuites>
  </xsl:template>

  <xsl:template match="suite">
    <testsuite name="{@name}" tests="{@checks}" failures="{@fail}" errors="{@error + @inconclusive}"
      skipped="{@unsupported + @known + @not_run}" time="{format-number(sum(scenario/check/@ms) div 1000, '0.000')}">
      <xsl:variable name="started" select="substring(/results/tool/@started, 1, 19)"/>
      <xsl:if test="translate($started, '123456789', '000000000') = '0000-00-00T00:00:00'">
        <xsl:attribute name="timestamp"><xsl:value-of select="$started"/></xsl:attribute>
      </xsl:if>
      <properties>
        <property name="target" value="{/results/target/@name}"/>
        <property name="domain" value="{/results/target/@domain}"/>
        <property name="product" value="{/results/target/@product}"/>
        <xsl:if test="/results/second-client">
          <property name="second-client" value="{/results/second-client/@name}"/>
          <property name="second-client-product" value="{/results/second-client/@product}"/>
        </xsl:if>
        <xsl:if test="/results/client">
          <property name="client" value="{/results/client/@name}"/>
          <property name="client-product" value="{/results/client/@product}"/>
        </xsl:if>
        <xsl:if test="/results/peer">
          <property name="peer" value="{/results/peer/@name}"/>
        </xsl:if>
        <property name="tool" value="{/results/tool/@name} {/results/tool/@version}"/>
        <property name="driver" value="{/results/tool/@driver}"/>
        <xsl:if test="/results/tool/@transport">
          <property name="transport" value="{/results/tool/@transport}"/>
        </xsl:if>
        <property name="profile" value="{/results/tool/@profile}"/>
        <property name="complete" value="{/results/@complete}"/>
      </properties>
      <xsl:apply-templates select="scenario/check"/>
    </testsuite>
  </xsl:template>

  <xsl:template match="check">
    <testcase classname="{translate(../../@name, '.', '_')}.{translate(../@slug, '.', '_')}" name="{@slug}"
      time="{format-number(@ms div 1000, '0.000')}" file="{@file}">
      <xsl:apply-templates select="." mode="verdict"/>
    </testcase>
  </xsl:template>

  <xsl:template match="check" mode="verdict"/>

  <xsl:template match="check[@verdict = 'fail']" mode="verdict">
    <failure type="{@level}" message="{normalize-space(message)}">
      <xsl:call-template name="evidence"/>
    </failure>
  </xsl:template>

  <xsl:template match="check[@verdict = 'inconclusive' or @verdict = 'error']" mode="verdict">
    <error type="{@verdict}" message="{normalize-space(message)}">
      <xsl:call-template name="evidence"/>
    </error>
  </xsl:template>

  <xsl:template match="check[@verdict = 'unsupported' or @verdict = 'not_run']" mode="verdict">
    <skipped message="{translate(@verdict, '_', ' ')}: {normalize-space(message)}"/>
  </xsl:template>

  <xsl:template match="check[@verdict = 'known']" mode="verdict">
    <skipped message="known {@observed}: {normalize-space(baseline)}"/>
  </xsl:template>

  <xsl:template match="check[@verdict = 'weak']" mode="verdict">
    <system-out>
      <xsl:text>weak: a recommendation is not followed.&#10;</xsl:text>
      <xsl:call-template name="evidence"/>
    </system-out>
  </xsl:template>

  <xsl:template match="check[@verdict = 'fixed']" mode="verdict">
    <system-out>
      <xsl:value-of select="concat('fixed: the baseline still expects ', baseline/@verdict, '; take it out.&#10;')"/>
    </system-out>
  </xsl:template>

  <xsl:template name="evidence">
    <xsl:if test="@title != ''">
      <xsl:value-of select="concat(@title, '&#10;')"/>
    </xsl:if>
    <xsl:value-of select="concat(message, '&#10;&#10;')"/>
    <xsl:value-of select="translate(@level, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"/>
    <xsl:for-each select="cite">
      <xsl:value-of select="concat(', ', @label)"/>
    </xsl:for-each>
    <xsl:text>&#10;</xsl:text>
    <xsl:for-each select="cite[key('requirement', @ref) != '']">
      <xsl:value-of select="concat(@label, ': ', key('requirement', @ref), '&#10;')"/>
    </xsl:for-each>
    <xsl:value-of select="concat(@file, ':', @line, '&#10;')"/>
    <xsl:if test="@path">
      <xsl:value-of select="concat('at ', @path, '&#10;')"/>
    </xsl:if>
    <xsl:for-each select="seen">
      <xsl:value-of select="concat(translate(@verdict, '_', ' '), ' in ', @times, ' of ', ../@runs, ' runs&#10;')"/>
    </xsl:for-each>
    <xsl:if test="expected">
      <xsl:value-of select="concat('&#10;expected:&#10;', expected, '&#10;')"/>
    </xsl:if>
    <xsl:if test="actual">
      <xsl:value-of select="concat('&#10;actual:&#10;', actual, '&#10;')"/>
    </xsl:if>
    <xsl:value-of select="concat('&#10;again: ', again, '&#10;')"/>
  </xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- What comparisons and histories share, in every format. The document: comparison.rng; the words: compare-texts/LANGUAGE.xml. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:str="http://exslt.org/strings"
  exclude-result-prefixes="str">
  <xsl:param name="language">en</xsl:param>
  <xsl:variable name="t" select="document(concat('compare-texts/', $language, '.xml'))/texts"/>
  <xsl:variable name="runs" select="/comparison/run"/>
  <!-- Of a history: what was tested. -->
  <xsl:variable name="tested" select="$runs[1]/@client | $runs[1][not(@client)]/@target"/>
  <!-- The verdicts in the order in which they are shown; attributes of any run. -->
  <xsl:variable name="verdicts" select="$runs[1]/@pass | $runs[1]/@weak | $runs[1]/@fail | $runs[1]/@unsupported |
    $runs[1]/@inconclusive | $runs[1]/@error | $runs[1]/@known | $runs[1]/@fixed | $runs[1]/@not_run"/>
  <!-- The kinds of change in the order in which they are shown; attributes of any step. -->
  <xsl:variable name="kinds" select="/comparison/step[1]/@worse | /comparison/step[1]/@better | /comparison/step[1]/@new |
    /comparison/step[1]/@gone | /comparison/step[1]/@unclear | /comparison/step[1]/@judged"/>

  <xsl:template name="glyph">
    <xsl:param name="verdict" select="@verdict"/>
    <xsl:choose>
      <xsl:when test="$verdict = 'pass'">✓</xsl:when>
      <xsl:when test="$verdict = 'weak'">!</xsl:when>
      <xsl:when test="$verdict = 'fail'">✗</xsl:when>
      <xsl:when test="$verdict = 'unsupported'">–</xsl:when>
      <xsl:when test="$verdict = 'inconclusive'">?</xsl:when>
      <xsl:when test="$verdict = 'error'">⚠</xsl:when>
      <xsl:when test="$verdict = 'known'">=</xsl:when>
      <xsl:when test="$verdict = 'fixed'">★</xsl:when>
      <xsl:when test="$verdict = 'absent'">·</xsl:when>
      <xsl:otherwise>○</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Of a known failure, which it is. -->
  <xsl:template name="observed">
    <xsl:variable name="observed" select="@observed"/>
    <xsl:if test="self::cell[@verdict = 'known'] and $observed"><xsl:value-of select="concat(' (', $t/*[name() = $observed], ')')"/></xsl:if>
  </xsl:template>

  <xsl:template name="kind-glyph">
    <xsl:param name="kind" select="@kind"/>
    <xsl:choose>
      <xsl:when test="$kind = 'worse'">▼</xsl:when>
      <xsl:when test="$kind = 'better'">▲</xsl:when>
      <xsl:when test="$kind = 'new'">+</xsl:when>
      <xsl:when test="$kind = 'gone'">−</xsl:when>
      <xsl:when test="$kind = 'unclear'">?</xsl:when>
      <xsl:otherwise>=</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "2026-11-26 17:08 UTC" -->
  <xsl:template name="date">
    <xsl:param name="stamp" select="@started"/>
    <xsl:value-of select="concat(substring($stamp, 1, 10), ' ', substring($stamp, 12, 5), ' UTC')"/>
  </xsl:template>

  <!-- What a run was made with, in a line. -->
  <xsl:template name="circumstances">
    <xsl:for-each select="@target[. != '' and . != ../@label] | @transport[. != ''] | @driver[. != ''] | @profile[. != '']">
      <xsl:value-of select="."/>
      <xsl:text>, </xsl:text>
    </xsl:for-each>
    <xsl:if test="@started != ''"><xsl:call-template name="date"/></xsl:if>
    <xsl:if test="@complete != 'true'"><xsl:value-of select="concat(', ', $t/incomplete)"/></xsl:if>
  </xsl:template>

  <!-- What a run of a history was made with, in a line. -->
  <xsl:template name="setting">
    <xsl:variable name="parts" select="@product[. != ''] | @transport[. != ''] | @driver[. != ''] | @profile[. != '']"/>
    <xsl:for-each select="$parts">
      <xsl:value-of select="."/>
      <xsl:if test="position() != last()">, </xsl:if>
    </xsl:for-each>
    <xsl:if test="@complete != 'true'"><xsl:value-of select="concat(substring(', ', 1, 2 * number(boolean($parts))), $t/incomplete)"/></xsl:if>
  </xsl:template>

  <!-- How many of those counted here passed, and were played. -->
  <xsl:template name="passed"><xsl:value-of select="@pass + @fixed"/></xsl:template>
  <xsl:template name="played"><xsl:value-of select="@checks - @unsupported - @not_run"/></xsl:template>

  <xsl:template name="grades">
    <xsl:for-each select="grade">
      <xsl:if test="@name != ''"><xsl:value-of select="concat(@name, ' ')"/></xsl:if>
      <xsl:call-template name="grade"/>
      <xsl:if test="position() != last()">, </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <!-- English is what the result says; of another language, what the level is called there. -->
  <xsl:template name="grade">
    <xsl:variable name="title" select="title[@lang = $language]"/>
    <xsl:choose>
      <xsl:when test="$language != 'en' and @state = 'none'"><xsl:value-of select="$t/grade-none"/></xsl:when>
      <xsl:when test="$language != 'en' and @state = 'open'"><xsl:value-of select="$t/grade-open"/></xsl:when>
      <xsl:when test="$language != 'en' and $title">
        <xsl:value-of select="$title"/>
        <xsl:if test="@state = 'flawed'"><xsl:value-of select="concat(', ', $t/grade-flawed)"/></xsl:if>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="@value"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "1170 checks agree, 4 differ, 2 were played by one only" -->
  <xsl:template name="figures">
    <xsl:call-template name="counted"><xsl:with-param name="count" select="/comparison/@same"/><xsl:with-param name="name" select="'agree'"/></xsl:call-template>
    <xsl:text>, </xsl:text>
    <xsl:call-template name="counted"><xsl:with-param name="count" select="/comparison/@differing"/><xsl:with-param name="name" select="'differ'"/></xsl:call-template>
    <xsl:text>, </xsl:text>
    <xsl:call-template name="counted">
      <xsl:with-param name="count" select="/comparison/@one-sided"/>
      <xsl:with-param name="name"><xsl:choose><xsl:when test="count($runs) = 2">by-one</xsl:when><xsl:otherwise>by-some</xsl:otherwise></xsl:choose></xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- A number and a word, of one thing or of several. -->
  <xsl:template name="counted">
    <xsl:param name="count"/>
    <xsl:param name="name"/>
    <xsl:variable name="number"><xsl:choose><xsl:when test="$count = 1">one</xsl:when><xsl:otherwise>many</xsl:otherwise></xsl:choose></xsl:variable>
    <xsl:value-of select="concat($count, ' ', $t/*[name() = $name][@number = $number])"/>
  </xsl:template>

  <!-- Text for Markdown: on one line, and no markup of it is markup. -->
  <xsl:template name="markdown">
    <xsl:param name="text"/>
    <xsl:param name="special" select="'\|`*_&lt;[]#~$'"/>
    <xsl:choose>
      <xsl:when test="$special = ''"><xsl:value-of select="normalize-space($text)"/></xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="markdown">
          <xsl:with-param name="text" select="str:replace(string($text), substring($special, 1, 1), concat('\', substring($special, 1, 1)))"/>
          <xsl:with-param name="special" select="substring($special, 2)"/>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A column of a table in plain text. -->
  <xsl:template name="padded">
    <xsl:param name="text"/>
    <xsl:param name="width" select="14"/>
    <xsl:value-of select="substring(concat($text, '                              '), 1, $width)"/>
  </xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- Two line charts of a history: what passed, and what did not, over time. Lines differ by their marks as well as by colour; the figures are
     in the table of runs. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:variable name="left" select="44"/>
  <xsl:variable name="wide" select="500"/>
  <xsl:variable name="top" select="12"/>
  <xsl:variable name="high" select="170"/>
  <xsl:variable name="first" select="$runs[1]/@seconds"/>
  <xsl:variable name="span" select="$runs[last()]/@seconds - $first"/>

  <xsl:template name="charts">
    <div class="charts">
      <xsl:call-template name="chart">
        <xsl:with-param name="name" select="'chart-passed'"/>
        <xsl:with-param name="series" select="'played pass '"/>
      </xsl:call-template>
      <xsl:call-template name="chart">
        <xsl:with-param name="name" select="'chart-others'"/>
        <xsl:with-param name="series" select="'fail weak known inconclusive '"/>
      </xsl:call-template>
    </div>
  </xsl:template>

  <!-- The value of a series for the run here. -->
  <xsl:template name="value">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of = 'played'"><xsl:call-template name="played"/></xsl:when>
      <xsl:when test="$of = 'pass'"><xsl:call-template name="passed"/></xsl:when>
      <xsl:when test="$of = 'inconclusive'"><xsl:value-of select="@inconclusive + @error"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@*[name() = $of]"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="series-name">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of = 'played'"><xsl:value-of select="$t/played"/></xsl:when>
      <xsl:when test="$of = 'pass'"><xsl:value-of select="$t/passed"/></xsl:when>
      <xsl:when test="$of = 'inconclusive'"><xsl:value-of select="$t/unknown"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$t/*[name() = $of]"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The largest value of the series, at least 1: `series` is their names, a space after each. -->
  <xsl:template name="largest">
    <xsl:param name="series"/>
    <xsl:param name="so-far" select="1"/>
    <xsl:choose>
      <xsl:when test="$series = ''"><xsl:value-of select="$so-far"/></xsl:when>
      <xsl:otherwise>
        <xsl:variable name="of" select="substring-before($series, ' ')"/>
        <xsl:variable name="most">
          <xsl:for-each select="$runs">
            <xsl:sort select="number($of = 'played') * (@checks - @unsupported - @not_run) + number($of = 'pass') * (@pass + @fixed) +
              number($of = 'fail') * @fail + number($of = 'weak') * @weak + number($of = 'known') * @known +
              number($of = 'inconclusive') * (@inconclusive + @error)" data-type="number" order="descending"/>
            <xsl:if test="position() = 1"><xsl:call-template name="value"><xsl:with-param name="of" select="$of"/></xsl:call-template></xsl:if>
          </xsl:for-each>
        </xsl:variable>
        <xsl:call-template name="largest">
          <xsl:with-param name="series" select="substring-after($series, ' ')"/>
          <xsl:with-param name="so-far" select="number($most &gt; $so-far) * $most + number($most &lt;= $so-far) * $so-far"/>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="chart">
    <xsl:param name="name"/>
    <xsl:param name="series"/>
    <xsl:variable name="most"><xsl:call-template name="largest"><xsl:with-param name="series" select="$series"/></xsl:call-template></xsl:variable>
    <xsl:variable name="bottom" select="$top + $high"/>
    <figure class="chart">
      <figcaption><xsl:value-of select="$t/*[name() = $name]"/></figcaption>
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 206" role="img" aria-labelledby="{$name}-title {$name}-about">
        <title id="{$name}-title"><xsl:value-of select="$t/*[name() = $name]"/></title>
        <desc id="{$name}-about"><xsl:value-of select="$t/chart-about"/></desc>
        <path class="axis" d="M{$left} {$top}H{$left + $wide}M{$left} {$top + $high div 2}H{$left + $wide}M{$left} {$bottom}H{$left + $wide}"/>
        <text x="{$left - 6}" y="{$top + 4}" text-anchor="end"><xsl:value-of select="$most"/></text>
        <text x="{$left - 6}" y="{$bottom + 4}" text-anchor="end">0</text>
        <text x="{$left}" y="{$bottom + 20}"><xsl:value-of select="substring($runs[1]/@started, 1, 10)"/></text>
        <xsl:if test="count($runs) &gt; 1">
          <text x="{$left + $wide}" y="{$bottom + 20}" text-anchor="end"><xsl:value-of select="substring($runs[last()]/@started, 1, 10)"/></text>
        </xsl:if>
        <xsl:call-template name="lines"><xsl:with-param name="series" select="$series"/><xsl:with-param name="most" select="$most"/></xsl:call-template>
      </svg>
      <ul class="key"><xsl:call-template name="keys"><xsl:with-param name="series" select="$series"/></xsl:call-template></ul>
    </figure>
  </xsl:template>

  <xsl:template name="lines">
    <xsl:param name="series"/>
    <xsl:param name="most"/>
    <xsl:if test="$series != ''">
      <xsl:variable name="of" select="substring-before($series, ' ')"/>
      <xsl:variable name="points">
        <xsl:for-each select="$runs">
          <xsl:call-template name="x"/>
          <xsl:text> </xsl:text>
          <xsl:call-template name="y"><xsl:with-param name="of" select="$of"/><xsl:with-param name="most" select="$most"/></xsl:call-template>
          <xsl:text> </xsl:text>
        </xsl:for-each>
      </xsl:variable>
      <g xmlns="http://www.w3.org/2000/svg" class="v-{$of}">
        <polyline class="line" points="{normalize-space($points)}">
          <xsl:call-template name="dashes"><xsl:with-param name="of" select="$of"/></xsl:call-template>
        </polyline>
        <xsl:for-each select="$runs">
          <xsl:variable name="x"><xsl:call-template name="x"/></xsl:variable>
          <xsl:variable name="y"><xsl:call-template name="y"><xsl:with-param name="of" select="$of"/><xsl:with-param name="most" select="$most"/></xsl:call-template></xsl:variable>
          <g transform="translate({$x} {$y})">
            <title><xsl:call-template name="date"/>: <xsl:call-template name="value"><xsl:with-param name="of" select="$of"/></xsl:call-template><xsl:text> </xsl:text><xsl:call-template name="series-name"><xsl:with-param name="of" select="$of"/></xsl:call-template></title>
            <xsl:call-template name="mark"><xsl:with-param name="of" select="$of"/></xsl:call-template>
          </g>
        </xsl:for-each>
      </g>
      <xsl:call-template name="lines">
        <xsl:with-param name="series" select="substring-after($series, ' ')"/>
        <xsl:with-param name="most" select="$most"/>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="x">
    <xsl:choose>
      <xsl:when test="$span &gt; 0"><xsl:value-of select="format-number($left + 8 + ($wide - 16) * (@seconds - $first) div $span, '0.0')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$left + $wide div 2"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="y">
    <xsl:param name="of"/>
    <xsl:param name="most"/>
    <xsl:variable name="value"><xsl:call-template name="value"><xsl:with-param name="of" select="$of"/></xsl:call-template></xsl:variable>
    <xsl:value-of select="format-number($top + $high - $high * $value div $most, '0.0')"/>
  </xsl:template>

  <xsl:template name="dashes">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of = 'played'"><xsl:attribute name="stroke-dasharray">2 4</xsl:attribute></xsl:when>
      <xsl:when test="$of = 'weak'"><xsl:attribute name="stroke-dasharray">8 4</xsl:attribute></xsl:when>
      <xsl:when test="$of = 'known'"><xsl:attribute name="stroke-dasharray">2 3</xsl:attribute></xsl:when>
      <xsl:when test="$of = 'inconclusive'"><xsl:attribute name="stroke-dasharray">8 3 2 3</xsl:attribute></xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- Around 0, 0. -->
  <xsl:template name="mark">
    <xsl:param name="of"/>
    <xsl:variable name="shape">
      <xsl:choose>
        <xsl:when test="$of = 'fail'">M-4 -4L4 4M-4 4L4 -4</xsl:when>
        <xsl:when test="$of = 'weak'">M0 -5L5 4H-5Z</xsl:when>
        <xsl:when test="$of = 'known'">M-4 -4H4V4H-4Z</xsl:when>
        <xsl:when test="$of = 'inconclusive'">M0 -5L5 0L0 5L-5 0Z</xsl:when>
        <xsl:when test="$of = 'played'">M0 -2A2 2 0 0 0 0 2A2 2 0 0 0 0 -2Z</xsl:when>
        <xsl:otherwise>M0 -4A4 4 0 0 0 0 4A4 4 0 0 0 0 -4Z</xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <path xmlns="http://www.w3.org/2000/svg" class="mark" d="{$shape}"/>
  </xsl:template>

  <xsl:template name="keys">
    <xsl:param name="series"/>
    <xsl:if test="$series != ''">
      <xsl:variable name="of" select="substring-before($series, ' ')"/>
      <li class="v-{$of}">
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 12" aria-hidden="true">
          <path class="line" d="M0 6H36"><xsl:call-template name="dashes"><xsl:with-param name="of" select="$of"/></xsl:call-template></path>
          <g transform="translate(18 6)"><xsl:call-template name="mark"><xsl:with-param name="of" select="$of"/></xsl:call-template></g>
        </svg>
        <xsl:call-template name="series-name"><xsl:with-param name="of" select="$of"/></xsl:call-template>
      </li>
      <xsl:call-template name="keys"><xsl:with-param name="series" select="substring-after($series, ' ')"/></xsl:call-template>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>

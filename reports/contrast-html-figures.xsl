<?xml version="1.0" encoding="UTF-8"?>
<!-- The figures of a comparison: each workload at a glance, and all of one. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <!-- Milliseconds of nanoseconds; what is not there is a dash. -->
  <xsl:template name="ms">
    <xsl:param name="ns"/>
    <xsl:choose>
      <xsl:when test="string($ns) = ''"><xsl:value-of select="$t/none"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="translate(format-number($ns div 1000000, '0.000'), '.', $t/point)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="number">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="string($of) = ''"><xsl:value-of select="$t/none"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="translate(format-number($of, '0.00'), '.', $t/point)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="ms-interval">
    <xsl:param name="low"/>
    <xsl:param name="high"/>
    <xsl:if test="concat($low, $high) != ''">
      <span class="small">
        <xsl:call-template name="ms"><xsl:with-param name="ns" select="$low"/></xsl:call-template>
        <xsl:value-of select="concat(' ', $t/to, ' ')"/>
        <xsl:call-template name="ms"><xsl:with-param name="ns" select="$high"/></xsl:call-template>
      </span>
    </xsl:if>
  </xsl:template>

  <!-- Of a pair's percentile. -->
  <xsl:template name="ratio">
    <xsl:call-template name="number"><xsl:with-param name="of" select="@ratio"/></xsl:call-template>
    <xsl:if test="@low | @high">
      <span class="small">
        <xsl:call-template name="number"><xsl:with-param name="of" select="@low"/></xsl:call-template>
        <xsl:value-of select="concat(' ', $t/to, ' ')"/>
        <xsl:call-template name="number"><xsl:with-param name="of" select="@high"/></xsl:call-template>
      </span>
    </xsl:if>
  </xsl:template>

  <xsl:template name="word">
    <xsl:choose>
      <xsl:when test="@regression = 'yes'"><span class="badge v-fail"><xsl:value-of select="$t/regression"/></span></xsl:when>
      <xsl:when test="@word = 'slower'"><span class="badge v-weak"><xsl:value-of select="$t/slower"/></span></xsl:when>
      <xsl:when test="@word = 'faster'"><span class="badge v-pass"><xsl:value-of select="$t/faster"/></span></xsl:when>
      <xsl:otherwise><span class="badge v-unsupported"><xsl:value-of select="$t/*[name() = translate(current()/@word, ' ', '-')]"/></span></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@why != ''"><span class="small"><xsl:value-of select="$t/*[name() = concat('why-', current()/@why)]"/></span></xsl:if>
  </xsl:template>

  <xsl:template name="summary">
    <p class="small"><xsl:value-of select="$t/summary-about"/></p>
    <div class="scroll" role="group" aria-labelledby="h-summary" tabindex="0">
      <table class="latency">
        <thead>
          <tr>
            <th scope="col"><xsl:value-of select="$t/workload"/></th>
            <xsl:for-each select="$systems[position() &gt; 1]">
              <th scope="colgroup" colspan="2"><xsl:value-of select="concat(@label, ', ', $t/percentile, ' 50')"/></th>
              <th scope="colgroup" colspan="2"><xsl:value-of select="concat(@label, ', ', $t/percentile, ' 99')"/></th>
            </xsl:for-each>
          </tr>
        </thead>
        <tbody>
          <xsl:for-each select="workloads/item">
            <xsl:variable name="w" select="."/>
            <tr>
              <th scope="row"><a href="#{@name}"><xsl:apply-templates select="title"/></a></th>
              <xsl:for-each select="$systems[position() &gt; 1]">
                <xsl:variable name="pair" select="$w/series/item[1]/pairs/item[@system = current()/@number]"/>
                <xsl:call-template name="glance"><xsl:with-param name="of" select="$pair/percentiles/item[@percentile = 50]"/></xsl:call-template>
                <xsl:call-template name="glance"><xsl:with-param name="of" select="$pair/percentiles/item[@percentile = 99]"/></xsl:call-template>
              </xsl:for-each>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="glance">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of"><xsl:for-each select="$of"><td><xsl:call-template name="ratio"/></td><td class="text"><xsl:call-template name="word"/></td></xsl:for-each></xsl:when>
      <xsl:otherwise><td><xsl:value-of select="$t/none"/></td><td class="text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="workload">
    <section class="workload" id="{@name}" aria-labelledby="h-{@name}">
      <h3 id="h-{@name}"><xsl:apply-templates select="title"/></h3>
      <p class="definition"><xsl:apply-templates select="about"/></p>
      <xsl:for-each select="systems/item"><xsl:call-template name="state"/></xsl:for-each>
      <xsl:if test="series/item">
        <div class="scroll" role="group" aria-labelledby="h-{@name}" tabindex="0">
          <table class="latency">
            <caption><xsl:value-of select="$t/caption"/></caption>
            <thead>
              <tr>
                <th scope="col"><xsl:value-of select="$t/what"/></th><th scope="col"><xsl:value-of select="$t/percentile"/></th>
                <th scope="col"><xsl:value-of select="$systems[1]/@label"/></th>
                <xsl:for-each select="$systems[position() &gt; 1]">
                  <th scope="col"><xsl:value-of select="@label"/></th><th scope="colgroup" colspan="2"><xsl:value-of select="$t/ratio"/></th>
                </xsl:for-each>
              </tr>
            </thead>
            <tbody><xsl:for-each select="series/item"><xsl:call-template name="series"/></xsl:for-each></tbody>
          </table>
        </div>
        <xsl:for-each select="series/item[1]/pairs/item"><xsl:call-template name="effect"/></xsl:for-each>
        <xsl:for-each select="plot/@*">
          <figure class="plot">
            <figcaption><xsl:value-of select="$t/*[name() = concat('plot-', name(current()))]"/>.</figcaption>
            <img src="{.}" alt="{$t/*[name() = concat('plot-', name(current()))]}: {$t/plot-about}" loading="lazy"/>
          </figure>
        </xsl:for-each>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- What is to be said of one system's measurement apart from its figures. -->
  <xsl:template name="state">
    <xsl:variable name="label" select="$systems[@number = current()/@system]/@label"/>
    <xsl:if test="@state != 'measured'">
      <p class="v-fail"><strong><xsl:value-of select="concat($label, ': ', $t/*[name() = current()/@state])"/></strong><xsl:if test="@reason"><xsl:text>: </xsl:text><q lang="en"><xsl:value-of select="@reason"/></q></xsl:if></p>
    </xsl:if>
    <xsl:if test="faults/@*[. != 0]">
      <p class="v-fail"><strong><xsl:value-of select="concat($label, ': ', $t/faults, ': ')"/></strong>
        <xsl:for-each select="faults/@*[. != 0]"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="concat(., ' ', $t/of, ' ', ../../@sent, ' ', $t/*[name() = name(current())])"/></xsl:for-each>
      </p>
    </xsl:if>
    <xsl:for-each select="warnings/item">
      <p class="v-weak"><strong><xsl:value-of select="concat($label, ': ')"/></strong>
        <xsl:choose><xsl:when test=". = 'machine'"><xsl:value-of select="$t/machine-busy"/></xsl:when><xsl:when test=". = 'busy'"><xsl:value-of select="$t/busy"/></xsl:when><xsl:otherwise><xsl:value-of select="$t/late"/></xsl:otherwise></xsl:choose>
      </p>
    </xsl:for-each>
  </xsl:template>

  <!-- A row for each percentile that one of the systems tells. -->
  <xsl:template name="series">
    <xsl:variable name="series" select="."/>
    <xsl:variable name="rows" select="systems/item[1]/percentiles/item"/>
    <xsl:for-each select="$rows">
      <xsl:variable name="percentile" select="@percentile"/>
      <tr>
        <xsl:if test="position() = 1">
          <xsl:attribute name="class">first</xsl:attribute>
          <th scope="rowgroup" rowspan="{count($rows)}"><code><xsl:value-of select="$series/@name"/></code>
            <span class="small"><xsl:apply-templates select="$series/about"/></span>
            <xsl:for-each select="$series/systems/item"><span class="small"><xsl:value-of select="concat($systems[@number = current()/@system]/@label, ': ', @count, ' ', $t/count)"/></span></xsl:for-each>
          </th>
        </xsl:if>
        <td><xsl:value-of select="translate($percentile, '.', $t/point)"/></td>
        <xsl:for-each select="$systems">
          <xsl:variable name="number" select="@number"/>
          <td><xsl:for-each select="$series/systems/item[@system = $number]/percentiles/item[@percentile = $percentile]"><xsl:call-template name="figure"/></xsl:for-each></td>
          <xsl:if test="position() &gt; 1">
            <xsl:variable name="contrast" select="$series/pairs/item[@system = $number]/percentiles/item[@percentile = $percentile]"/>
            <td><xsl:for-each select="$contrast"><xsl:call-template name="ratio"/></xsl:for-each></td>
            <td class="text"><xsl:for-each select="$contrast"><xsl:call-template name="word"/></xsl:for-each></td>
          </xsl:if>
        </xsl:for-each>
      </tr>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="figure">
    <xsl:call-template name="ms"><xsl:with-param name="ns" select="@value"/></xsl:call-template>
    <xsl:call-template name="ms-interval"><xsl:with-param name="low" select="@low"/><xsl:with-param name="high" select="@high"/></xsl:call-template>
    <xsl:if test="@spread"><span class="small"><xsl:value-of select="concat($t/spread, ' ')"/><xsl:call-template name="ms"><xsl:with-param name="ns" select="@spread"/></xsl:call-template></span></xsl:if>
  </xsl:template>

  <xsl:template name="effect">
    <p class="small">
      <xsl:value-of select="concat($systems[@number = current()/@system]/@label, '. ', $t/longer, ' ', translate(format-number(100 * @longer, '0.0'), '.', $t/point), ' %. ', $t/shift, ' ')"/>
      <xsl:for-each select="median_shift">
        <xsl:call-template name="ms"><xsl:with-param name="ns" select="@value"/></xsl:call-template><xsl:text> ms (</xsl:text>
        <xsl:call-template name="ms"><xsl:with-param name="ns" select="@low"/></xsl:call-template><xsl:value-of select="concat(' ', $t/to, ' ')"/>
        <xsl:call-template name="ms"><xsl:with-param name="ns" select="@high"/></xsl:call-template><xsl:text>).</xsl:text>
      </xsl:for-each>
    </p>
  </xsl:template>
</xsl:stylesheet>

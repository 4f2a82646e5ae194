<?xml version="1.0" encoding="UTF-8"?>
<!-- What the run says about the questions of its profile: the answer in one sentence, what to do first, and a row for each question. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="check-by-id" match="check" use="@id"/>

  <!-- The words of that name of the part that is the context, in the language of the page or else in English. -->
  <xsl:template name="words">
    <xsl:param name="name"/>
    <xsl:variable name="own" select="words[@name = $name and @lang = $language]"/>
    <xsl:choose>
      <xsl:when test="$own"><xsl:value-of select="$own"/></xsl:when>
      <xsl:when test="words[@name = $name and @lang = 'en']">
        <span lang="en"><xsl:value-of select="words[@name = $name and @lang = 'en']"/></span>
      </xsl:when>
      <xsl:when test="$name = 'title'"><xsl:value-of select="@name"/></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="state-class">
    <xsl:choose>
      <xsl:when test="@state = 'met'">pass</xsl:when>
      <xsl:when test="@state = 'weak'">weak</xsl:when>
      <xsl:when test="@state = 'flawed'">weak</xsl:when>
      <xsl:when test="@state = 'not-met'">fail</xsl:when>
      <xsl:when test="@state = 'not-offered'">fail</xsl:when>
      <xsl:when test="@state = 'open'">inconclusive</xsl:when>
      <xsl:otherwise>unsupported</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="state-badge">
    <xsl:variable name="class"><xsl:call-template name="state-class"/></xsl:variable>
    <xsl:variable name="state" select="@state"/>
    <span class="badge v-{$class}">
      <span class="glyph" aria-hidden="true">
        <xsl:choose>
          <xsl:when test="@state = 'paper'">§</xsl:when>
          <xsl:when test="@state = 'not-offered'">–</xsl:when>
          <xsl:otherwise><xsl:call-template name="glyph"><xsl:with-param name="verdict" select="$class"/></xsl:call-template></xsl:otherwise>
        </xsl:choose>
      </span>
      <xsl:value-of select="$t/*[name() = concat('row-', $state)]"/>
    </span>
  </xsl:template>

  <!-- The answer in one sentence, for the top of the page. -->
  <xsl:template name="profile-answer">
    <xsl:variable name="counted" select="profile/rows/row[@from]"/>
    <xsl:variable name="wrong" select="count($counted[@state = 'not-met' or @state = 'not-offered'])"/>
    <xsl:for-each select="profile">
      <div class="answer">
        <p class="big">
          <xsl:call-template name="words"><xsl:with-param name="name" select="'title'"/></xsl:call-template>
          <xsl:text>: </xsl:text>
          <xsl:choose>
            <xsl:when test="not(@grade)"><xsl:value-of select="$t/grade-observed"/></xsl:when>
            <xsl:when test="@grade = '' and @narrowed = 'true'"><xsl:value-of select="$t/grade-narrowed"/></xsl:when>
            <xsl:when test="@grade = ''"><xsl:value-of select="$t/grade-open"/></xsl:when>
            <xsl:when test="@grade = 'none'"><xsl:value-of select="$t/grade-none"/></xsl:when>
            <xsl:otherwise>
              <xsl:for-each select="levels/level[@name = ../../@grade]">
                <xsl:call-template name="words"><xsl:with-param name="name" select="'title'"/></xsl:call-template>
                <xsl:if test="@flawed = 'true'"><xsl:value-of select="concat(', ', $t/grade-flawed)"/></xsl:if>
              </xsl:for-each>
            </xsl:otherwise>
          </xsl:choose>
        </p>
        <p>
          <xsl:value-of select="concat(count(rows/row[@state = 'met' or @state = 'weak' or @state = 'flawed']), ' ', $t/of, ' ',
            count(rows/row[@state != 'paper']), ' ', $t/rows-met, '.')"/>
          <xsl:if test="rows/row[@state = 'flawed']"><xsl:value-of select="concat(' ', count(rows/row[@state = 'flawed']), ' ', $t/rows-flawed, '.')"/></xsl:if>
          <xsl:if test="$wrong &gt; 0"><xsl:value-of select="concat(' ', $wrong, ' ', $t/rows-missing, '.')"/></xsl:if>
          <xsl:if test="rows/row[@state = 'paper']">
            <xsl:value-of select="concat(' ', $t/rows-paper, ' ', count(rows/row[@state = 'paper']), '.')"/>
          </xsl:if>
          <xsl:if test="@grade"><xsl:value-of select="concat(' ', $t/grade-rule)"/></xsl:if>
        </p>
      </div>
    </xsl:for-each>
  </xsl:template>

  <!-- A check outside of its scenario: what that is about, and what of it. -->
  <xsl:template name="check-link">
    <xsl:value-of select="concat($t/not-so, ' ')"/>
    <a href="#{@id}">
      <xsl:if test="../@title != ''"><xsl:value-of select="concat(../@title, ': ')"/></xsl:if>
      <span><xsl:call-template name="lang"/><xsl:call-template name="check-title"/></span>
    </a>
  </xsl:template>

  <!-- What to do first, of each row that counts and is not met: what an operator can do about the first check that failed, or what is not
       offered. What the lowest level needs comes first. -->
  <xsl:template name="first-things">
    <xsl:variable name="rows" select="profile/rows/row[@state = 'not-met' or @state = 'not-offered' or @state = 'flawed']"/>
    <xsl:if test="$rows">
      <section id="first" aria-labelledby="h-first">
        <h2 id="h-first"><xsl:value-of select="$t/first-things"/></h2>
        <ol class="findings first">
          <xsl:for-each select="$rows">
            <xsl:sort select="number(@state != 'flawed') * 2 + number(boolean(@from))" data-type="number" order="descending"/>
            <xsl:sort select="count(../../levels/level[@name = current()/@from]/preceding-sibling::level)" data-type="number"/>
            <xsl:if test="position() &lt;= 5"><li>
              <xsl:call-template name="state-badge"/>
              <div>
                <p class="title"><a href="#row-{@name}"><xsl:call-template name="words"><xsl:with-param name="name" select="'title'"/></xsl:call-template></a></p>
                <xsl:for-each select="key('check-by-id', needs[@verdict = 'fail'][1]/@check)">
                  <p><xsl:call-template name="check-link"/></p>
                  <xsl:call-template name="mends"/>
                </xsl:for-each>
                <xsl:if test="@state = 'not-offered'"><xsl:call-template name="not-offered"/></xsl:if>
              </div>
            </li></xsl:if>
          </xsl:for-each>
        </ol>
      </section>
    </xsl:if>
  </xsl:template>

  <!-- Why nothing could be looked at: each reason once. What is not required is only told of where nothing that is required lacks. -->
  <xsl:template name="not-offered">
    <xsl:variable name="required" select="needs[@verdict = 'unsupported' and @required = 'true']"/>
    <xsl:variable name="checks" select="key('check-by-id', $required/@check | needs[@verdict = 'unsupported' and not($required)]/@check)"/>
    <p><xsl:value-of select="$t/first-not-offered"/></p>
    <ul class="wrong-checks">
      <xsl:for-each select="$checks[message != ''][not(message = preceding::check[@id = $checks/@id]/message)]">
        <li><xsl:call-template name="message-lang"/><xsl:value-of select="message"/></li>
      </xsl:for-each>
    </ul>
  </xsl:template>

  <xsl:template name="profile">
    <xsl:if test="profile">
      <xsl:call-template name="first-things"/>
      <section id="questions" aria-labelledby="h-questions">
        <h2 id="h-questions"><xsl:value-of select="$t/questions"/></h2>
        <xsl:for-each select="profile">
          <xsl:if test="words[@name = 'about']">
            <p class="small"><xsl:call-template name="words"><xsl:with-param name="name" select="'about'"/></xsl:call-template></p>
          </xsl:if>
          <ul class="findings"><xsl:apply-templates select="rows/row"/></ul>
        </xsl:for-each>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="profile/rows/row">
    <xsl:variable name="failed" select="needs[@verdict = 'fail']"/>
    <!-- Where nothing is graded, nothing counts. -->
    <xsl:variable name="levels" select="../../levels/level"/>
    <li id="row-{@name}">
      <xsl:call-template name="state-badge"/>
      <div>
        <p class="title"><xsl:call-template name="words"><xsl:with-param name="name" select="'title'"/></xsl:call-template></p>
        <xsl:if test="words[@name = 'text']">
          <p><xsl:call-template name="words"><xsl:with-param name="name" select="'text'"/></xsl:call-template></p>
        </xsl:if>
        <xsl:if test="words[@name = 'paper']">
          <p><strong><xsl:value-of select="concat($t/on-paper, ': ')"/></strong>
            <xsl:call-template name="words"><xsl:with-param name="name" select="'paper'"/></xsl:call-template></p>
        </xsl:if>
        <p class="small">
          <xsl:if test="words[@name = 'article']">
            <xsl:value-of select="concat($t/article, ' ')"/>
            <xsl:call-template name="words"><xsl:with-param name="name" select="'article'"/></xsl:call-template>
            <xsl:if test="$levels or words[@name = 'reference']"><xsl:text> · </xsl:text></xsl:if>
          </xsl:if>
          <xsl:if test="words[@name = 'reference']">
            <xsl:call-template name="words"><xsl:with-param name="name" select="'reference'"/></xsl:call-template>
            <xsl:if test="$levels"><xsl:text> · </xsl:text></xsl:if>
          </xsl:if>
          <xsl:for-each select="../../levels/level[@name = current()/@from]">
            <xsl:value-of select="concat($t/counts-from, ' ')"/>
            <xsl:call-template name="words"><xsl:with-param name="name" select="'title'"/></xsl:call-template>
          </xsl:for-each>
          <xsl:if test="$levels and not(@from)"><xsl:value-of select="$t/counts-not"/></xsl:if>
        </p>
        <xsl:variable name="values" select="key('check-by-id', needs/@check)/../value"/>
        <xsl:if test="$values">
          <dl class="values">
            <xsl:for-each select="$values">
              <div><dt><xsl:call-template name="lang"/><xsl:value-of select="@title"/></dt><dd><xsl:call-template name="value"/></dd></div>
            </xsl:for-each>
          </dl>
        </xsl:if>
        <xsl:if test="$failed">
          <ul class="wrong-checks">
            <xsl:for-each select="$failed">
              <xsl:for-each select="key('check-by-id', @check)">
                <li><xsl:call-template name="check-link"/></li>
              </xsl:for-each>
            </xsl:for-each>
          </ul>
        </xsl:if>
        <xsl:if test="needs">
          <details>
            <summary class="small"><xsl:value-of select="concat(count(needs[@verdict = 'pass' or @verdict = 'weak']), ' ', $t/of, ' ',
              count(needs), ' ', $t/checks, ' ', $t/passed)"/></summary>
            <ul class="names">
              <xsl:for-each select="needs">
                <xsl:variable name="verdict" select="@verdict"/>
                <li><a href="#{@check}"><code><xsl:value-of select="@check"/></code></a>
                  <xsl:value-of select="concat(' ', $t/*[name() = $verdict])"/></li>
              </xsl:for-each>
            </ul>
          </details>
        </xsl:if>
      </div>
    </li>
  </xsl:template>

  <!-- What was found out: yes and no in words. -->
  <xsl:template name="value">
    <xsl:choose>
      <xsl:when test=". = 'true'"><xsl:value-of select="$t/yes"/></xsl:when>
      <xsl:when test=". = 'false'"><xsl:value-of select="$t/no"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What can be done about a check: for the product of the target, where it is known; else for each. -->
  <xsl:template name="mends">
    <xsl:variable name="product" select="translate(substring-before(concat(/results/target/@product, ' '), ' '), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"/>
    <xsl:variable name="own" select="mend[@product = $product or @product = 'any']"/>
    <xsl:for-each select="$own[@lang = $language] | mend[not($own) and @lang = $language]">
      <p class="mend"><strong><xsl:value-of select="$t/mend"/>
        <xsl:if test="@product != 'any'"><xsl:value-of select="concat(' (', @product, ')')"/></xsl:if>
        <xsl:text>:</xsl:text></strong><xsl:text> </xsl:text><xsl:value-of select="."/></p>
    </xsl:for-each>
  </xsl:template>

  <!-- A message is English, unless it was translated. -->
  <xsl:template name="message-lang">
    <xsl:attribute name="lang">
      <xsl:choose><xsl:when test="message/@lang"><xsl:value-of select="message/@lang"/></xsl:when><xsl:otherwise>en</xsl:otherwise></xsl:choose>
    </xsl:attribute>
  </xsl:template>

  <!-- Says that what has no translation is English. -->
  <xsl:template name="lang">
    <xsl:if test="@lang"><xsl:attribute name="lang"><xsl:value-of select="@lang"/></xsl:attribute></xsl:if>
  </xsl:template>
</xsl:stylesheet>

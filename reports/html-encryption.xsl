<?xml version="1.0" encoding="UTF-8"?>
<!-- Encryption: which device could read which message, and what the server could see all the same. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:key name="clear" match="clear" use="concat(@name, ' ', @ns)"/>
  <!-- Messages of one scenario run from one account (or room) to another. -->
  <xsl:key name="between" match="encryption/message[got]" use="concat(generate-id(..), ' ', substring-before(concat(@from, '/'), '/'), ' ',
    substring-before(concat(@to, '/'), '/'))"/>

  <xsl:template name="encryption">
    <xsl:variable name="all" select="suite/scenario/encryption"/>
    <xsl:if test="$all">
      <section id="encryption" aria-labelledby="h-encryption">
        <h2 id="h-encryption"><xsl:value-of select="$t/encryption"/></h2>
        <div class="card sealed">
          <p><xsl:value-of select="$t/encryption-about"/></p>
          <xsl:if test="$all/message/got">
            <p><strong><xsl:value-of select="$t/seen-about"/></strong></p>
            <ul class="points"><xsl:for-each select="$t/seen-point"><li><xsl:value-of select="."/></li></xsl:for-each></ul>
            <p><xsl:value-of select="$t/seen-law"/></p>
          </xsl:if>
        </div>
        <xsl:apply-templates select="$all"/>
        <xsl:call-template name="clear-legend"/>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="encryption">
    <xsl:variable name="h" select="concat('encryption-', ../@id, '-', @run)"/>
    <div class="card sealed">
      <h3 id="{$h}"><a href="#{../@id}"><xsl:choose>
          <xsl:when test="../@title != ''"><xsl:value-of select="../@title"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="../@slug"/></xsl:otherwise>
        </xsl:choose></a><xsl:text> </xsl:text><code><xsl:value-of select="../@id"/></code>
        <xsl:if test="../@runs &gt; 1"><xsl:value-of select="concat(' (', $t/run, ' ', @repeat + 1, ')')"/></xsl:if>
      </h3>
      <xsl:if test="message"><xsl:call-template name="matrix"/></xsl:if>
      <xsl:apply-templates select="hidden"/>
      <xsl:if test="message/got"><xsl:call-template name="seen"/></xsl:if>
    </div>
  </xsl:template>

  <!-- ==== who could read what ==== -->

  <xsl:template name="matrix">
    <xsl:variable name="messages" select="message"/>
    <xsl:variable name="devices" select="../actor[@name = $messages/@writer or @name = $messages/got/@actor or @name = $messages/reading/@actor]"/>
    <div class="scroll" role="group" tabindex="0" aria-label="{concat(translate($t/matrix, '.', ''), ': ', ../@id)}">
      <table class="matrix">
        <caption><span class="stay"><xsl:value-of select="concat($t/matrix, ' ')"/><span class="small"><xsl:value-of select="$t/matrix-about"/></span></span></caption>
        <thead>
          <tr>
            <th scope="col"><xsl:value-of select="$t/message"/></th>
            <xsl:for-each select="$devices">
              <th scope="col"><b><xsl:value-of select="@name"/></b><xsl:text> </xsl:text><span class="small"><xsl:value-of select="concat($t/device-of, ' ', @account)"/></span></th>
            </xsl:for-each>
          </tr>
        </thead>
        <tbody>
          <xsl:for-each select="message">
            <xsl:variable name="message" select="."/>
            <tr>
              <th scope="row"><xsl:call-template name="message-name"/></th>
              <xsl:for-each select="$devices">
                <xsl:call-template name="cell">
                  <xsl:with-param name="message" select="$message"/>
                  <xsl:with-param name="device" select="@name"/>
                </xsl:call-template>
              </xsl:for-each>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </div>
  </xsl:template>

  <xsl:template name="message-name">
    <b><xsl:value-of select="@name"/></b>
    <xsl:if test="@from">
      <xsl:text> </xsl:text>
      <span class="small parties"><xsl:call-template name="sender"/><xsl:text> → </xsl:text>
        <xsl:call-template name="party"><xsl:with-param name="address" select="@to"/></xsl:call-template></span>
    </xsl:if>
  </xsl:template>

  <!-- Who wrote it; in a room it is the account, where that is known, and else the name there. -->
  <xsl:template name="sender">
    <xsl:choose>
      <xsl:when test="@type = 'groupchat' and @writer"><xsl:value-of select="ancestor::scenario/actor[@name = current()/@writer]/@account"/></xsl:when>
      <xsl:when test="@type = 'groupchat'"><xsl:value-of select="substring-after(@from, '/')"/></xsl:when>
      <xsl:otherwise><xsl:call-template name="party"><xsl:with-param name="address" select="@from"/></xsl:call-template></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- An address by the name that the scenario gives the account, without what is random in it. -->
  <xsl:template name="party">
    <xsl:param name="address"/>
    <xsl:param name="whole" select="false()"/>
    <xsl:variable name="bare" select="substring-before(concat($address, '/'), '/')"/>
    <xsl:variable name="account" select="ancestor::scenario/actor[@jid = $bare]/@account"/>
    <xsl:choose>
      <xsl:when test="$account"><xsl:value-of select="$account"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$bare"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="$whole and contains($address, '/')"><xsl:value-of select="concat('/', substring-after($address, '/'))"/></xsl:if>
  </xsl:template>

  <xsl:template name="cell">
    <xsl:param name="message"/>
    <xsl:param name="device"/>
    <xsl:variable name="readings" select="$message/reading[@actor = $device]"/>
    <td>
      <xsl:if test="$readings[@expected != 'true']"><xsl:attribute name="class">unexpected</xsl:attribute></xsl:if>
      <xsl:if test="$message/@writer = $device"><p><xsl:call-template name="mark"><xsl:with-param name="glyph">✎</xsl:with-param></xsl:call-template><xsl:value-of select="$t/wrote-it"/></p></xsl:if>
      <xsl:apply-templates select="$readings"/>
      <xsl:if test="not($readings) and not($message/@writer = $device)">
        <xsl:choose>
          <xsl:when test="$message/got[@actor = $device]"><p class="quiet"><xsl:call-template name="mark"><xsl:with-param name="glyph">○</xsl:with-param></xsl:call-template><xsl:value-of select="$t/not-tried"/></p></xsl:when>
          <xsl:otherwise><p class="quiet"><xsl:call-template name="mark"><xsl:with-param name="glyph">–</xsl:with-param></xsl:call-template><xsl:value-of select="$t/not-got"/></p></xsl:otherwise>
        </xsl:choose>
      </xsl:if>
    </td>
  </xsl:template>

  <xsl:template name="mark">
    <xsl:param name="glyph"/>
    <span class="glyph" aria-hidden="true"><xsl:value-of select="$glyph"/></span>
    <xsl:text> </xsl:text>
  </xsl:template>

  <xsl:template match="reading">
    <xsl:variable name="why" select="concat('why-', @why)"/>
    <xsl:variable name="way" select="concat('way-', @way)"/>
    <p>
      <xsl:attribute name="class"><xsl:choose>
        <xsl:when test="@expected != 'true'">wrong</xsl:when>
        <xsl:when test="@read = 'true'">read</xsl:when>
        <xsl:otherwise>unread</xsl:otherwise>
      </xsl:choose></xsl:attribute>
      <strong><xsl:choose>
        <xsl:when test="@read = 'true'"><xsl:call-template name="mark"><xsl:with-param name="glyph">✓</xsl:with-param></xsl:call-template><xsl:value-of select="$t/could-read"/></xsl:when>
        <xsl:otherwise><xsl:call-template name="mark"><xsl:with-param name="glyph">✗</xsl:with-param></xsl:call-template><xsl:value-of select="$t/could-not-read"/></xsl:otherwise>
      </xsl:choose></strong>
      <xsl:if test="@why">
        <xsl:text>: </xsl:text>
        <xsl:choose>
          <xsl:when test="$t/*[name() = $why]"><xsl:value-of select="$t/*[name() = $why]"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="@why"/></xsl:otherwise>
        </xsl:choose>
      </xsl:if>
      <xsl:text> </xsl:text>
      <span class="small"><xsl:choose>
        <xsl:when test="$t/*[name() = $way]"><xsl:value-of select="$t/*[name() = $way]"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="@way"/></xsl:otherwise>
      </xsl:choose></span>
      <xsl:if test="@expected != 'true'"><xsl:text> </xsl:text><span class="badge v-fail"><span class="glyph" aria-hidden="true">!</span><xsl:value-of select="$t/not-as-expected"/></span></xsl:if>
    </p>
  </xsl:template>

  <xsl:template match="encryption/hidden">
    <p class="canary">
      <xsl:choose>
        <xsl:when test="@expected = 'true'">
          <xsl:call-template name="mark"><xsl:with-param name="glyph">✓</xsl:with-param></xsl:call-template>
          <xsl:value-of select="concat($t/hidden-well, ' ', @stanzas, ' ', $t/hidden-stanzas)"/>
        </xsl:when>
        <xsl:otherwise>
          <span class="badge v-fail"><span class="glyph" aria-hidden="true">!</span><xsl:value-of select="$t/not-as-expected"/></span>
          <xsl:value-of select="concat(' ', $t/hidden-badly, ' ', @actor, ', ', $t/hidden-number, ' ', @number, '.')"/>
        </xsl:otherwise>
      </xsl:choose>
    </p>
  </xsl:template>

  <!-- ==== what the server could see ==== -->

  <xsl:template name="seen">
    <xsl:variable name="messages" select="message[got]"/>
    <div class="scroll" role="group" tabindex="0" aria-label="{concat(translate($t/seen, '.', ''), ': ', ../@id)}">
      <table class="seen">
        <caption><span class="stay"><xsl:value-of select="concat($t/seen, ' ')"/><span class="small"><xsl:value-of select="$t/seen-addresses"/></span></span></caption>
        <thead>
          <tr>
            <th scope="col"><xsl:value-of select="$t/message"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-when"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-from"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-to"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-type"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-size"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-devices"/></th>
            <th scope="col"><xsl:value-of select="$t/seen-clear"/></th>
          </tr>
        </thead>
        <tbody><xsl:apply-templates select="$messages" mode="seen"/></tbody>
      </table>
    </div>
    <p class="small"><xsl:value-of select="$t/seen-together"/></p>
    <ul class="points">
      <xsl:for-each select="$messages[generate-id() = generate-id(key('between', concat(generate-id(..), ' ', substring-before(concat(@from, '/'), '/'), ' ',
        substring-before(concat(@to, '/'), '/')))[1])]">
        <xsl:variable name="same" select="key('between', concat(generate-id(..), ' ', substring-before(concat(@from, '/'), '/'), ' ',
          substring-before(concat(@to, '/'), '/')))"/>
        <li><xsl:if test="@type != 'groupchat'"><xsl:call-template name="sender"/><xsl:text> → </xsl:text></xsl:if>
          <xsl:call-template name="party"><xsl:with-param name="address" select="@to"/></xsl:call-template>
          <xsl:value-of select="concat(': ', count($same), ' ')"/>
          <xsl:choose><xsl:when test="count($same) = 1"><xsl:value-of select="$t/message-one"/></xsl:when><xsl:otherwise><xsl:value-of select="$t/message-many"/></xsl:otherwise></xsl:choose>
          <xsl:value-of select="concat(', ', sum($same/@bytes), ' ', $t/bytes)"/>
          <xsl:if test="count($same) &gt; 1">
            <xsl:value-of select="concat(', ', $t/seen-within, ' ')"/>
            <xsl:call-template name="duration"><xsl:with-param name="ms" select="$same[last()]/@at - $same[1]/@at"/></xsl:call-template>
          </xsl:if>
        </li>
      </xsl:for-each>
    </ul>
    <details class="numbers">
      <summary><xsl:value-of select="$t/seen-whole"/></summary>
      <ul>
        <xsl:for-each select="$messages">
          <li><p><b><xsl:value-of select="@name"/></b><xsl:text> </xsl:text><code><xsl:value-of select="concat(@from, ' → ', @to)"/></code>
            <xsl:if test="@id != ''"><xsl:text> id </xsl:text><code><xsl:value-of select="@id"/></code></xsl:if></p>
            <p class="small"><code><xsl:value-of select="concat(@element, ' {', @encryption, '}')"/></code></p>
            <xsl:if test="@device"><p class="small"><xsl:value-of select="concat($t/seen-by-device, ' ', @device)"/></p></xsl:if>
            <xsl:if test="recipient"><p class="small"><xsl:value-of select="concat($t/seen-for-devices, ' ')"/>
              <xsl:for-each select="recipient">
                <xsl:value-of select="@device"/>
                <xsl:if test="@account != ''"><xsl:text> (</xsl:text><xsl:call-template name="party"><xsl:with-param name="address" select="@account"/></xsl:call-template><xsl:text>)</xsl:text></xsl:if>
                <xsl:if test="position() != last()">, </xsl:if>
              </xsl:for-each></p></xsl:if>
          </li>
        </xsl:for-each>
      </ul>
    </details>
  </xsl:template>

  <xsl:template match="message" mode="seen">
    <tr>
      <th scope="row"><b><xsl:value-of select="@name"/></b></th>
      <td><xsl:value-of select="translate(format-number(@at, '0'), '.', $t/point)"/></td>
      <td><xsl:call-template name="party"><xsl:with-param name="address" select="@from"/><xsl:with-param name="whole" select="true()"/></xsl:call-template></td>
      <td><xsl:call-template name="party"><xsl:with-param name="address" select="@to"/><xsl:with-param name="whole" select="true()"/></xsl:call-template></td>
      <td><xsl:value-of select="@type"/></td>
      <td><xsl:choose>
        <xsl:when test="@bytes = 0"><xsl:value-of select="$t/seen-keys-only"/></xsl:when>
        <xsl:when test="@bytes"><xsl:value-of select="concat(@bytes, ' ', $t/bytes)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="$t/unknown"/></xsl:otherwise>
      </xsl:choose></td>
      <td><xsl:choose>
        <xsl:when test="@devices"><xsl:value-of select="@devices"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="$t/seen-devices-not"/></xsl:otherwise>
      </xsl:choose></td>
      <td>
        <xsl:if test="not(clear)"><xsl:value-of select="$t/seen-nothing"/></xsl:if>
        <xsl:for-each select="clear">
          <code><xsl:value-of select="@name"/></code>
          <xsl:if test="@name = 'body' or @name = 'subject'">
            <xsl:value-of select="concat(' (', @bytes, ' ', $t/seen-readable, ')')"/>
          </xsl:if>
          <xsl:if test="position() != last()">, </xsl:if>
        </xsl:for-each>
      </td>
    </tr>
  </xsl:template>

  <!-- What the elements in the clear are. -->
  <xsl:template name="clear-legend">
    <xsl:variable name="elements" select="suite/scenario/encryption/message/clear[generate-id() = generate-id(key('clear', concat(@name, ' ', @ns))[1])]"/>
    <xsl:if test="$elements">
      <details class="card list">
        <summary><xsl:value-of select="$t/clear-elements"/></summary>
        <dl class="elements">
          <xsl:for-each select="$elements">
            <xsl:sort select="@name"/>
            <xsl:variable name="about" select="$t/clear[@name = current()/@name and (not(@ns) or @ns = current()/@ns)]"/>
            <dt><code><xsl:value-of select="@name"/></code><xsl:text> </xsl:text><span class="small"><xsl:value-of select="@ns"/></span></dt>
            <dd><xsl:choose>
              <xsl:when test="$about"><xsl:value-of select="$about[1]"/></xsl:when>
              <xsl:otherwise><xsl:value-of select="$t/clear-other"/></xsl:otherwise>
            </xsl:choose></dd>
          </xsl:for-each>
        </dl>
      </details>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>

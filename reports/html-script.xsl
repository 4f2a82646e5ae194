<?xml version="1.0" encoding="UTF-8"?>
<!-- Filtering, opening and closing. The page says everything without it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template name="script"><![CDATA[
"use strict";
(function () {
  var bar = document.getElementById("filter"), text = document.getElementById("filter-text"), verdict = "";
  var buttons = Array.from(bar.querySelectorAll("button[data-filter]"));
  var scenarios = Array.from(document.querySelectorAll("details.scenario")).map(function (node) {
    return { node: node, name: node.querySelector("summary").textContent.toLowerCase(),
      checks: Array.from(node.querySelectorAll(".check")).map(function (check) {
        return { node: check, verdict: check.dataset.verdict,
          text: (check.id + " " + check.querySelector(".line").textContent).toLowerCase() };
      }) };
  });
  function apply() {
    var words = text.value.trim().toLowerCase(), any = false;
    scenarios.forEach(function (s) {
      var whole = s.name.indexOf(words) >= 0, shown = 0;
      s.checks.forEach(function (c) {
        var fits = (!verdict || c.verdict === verdict) && (whole || c.text.indexOf(words) >= 0);
        c.node.hidden = !fits;
        shown += fits;
      });
      s.node.hidden = !shown && !(whole && !verdict);
      any = any || !s.node.hidden;
    });
    document.querySelectorAll("section.suite").forEach(function (suite) {
      suite.hidden = !suite.querySelector("details.scenario:not([hidden])");
    });
    document.getElementById("no-match").hidden = any;
    buttons.forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.filter === verdict)); });
  }
  function choose(name) { verdict = verdict === name ? "" : name; apply(); }
  function open(all) { scenarios.forEach(function (s) { if (!s.node.hidden) s.node.open = all; }); }
  function reveal() {
    var at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var node = at; node; node = node.parentElement) {
      node.hidden = false;
      if (node.tagName === "DETAILS") node.open = true;
    }
    if (!at) return;
    if (at.matches("article.check")) at.querySelectorAll("details.again").forEach(function (d) { d.open = true; });
    at.scrollIntoView();
  }
  bar.hidden = false;
  text.addEventListener("input", apply);
  buttons.forEach(function (b) { b.addEventListener("click", function () { choose(b.dataset.filter); }); });
  document.querySelectorAll("a.tile").forEach(function (a) {
    a.addEventListener("click", function () { verdict = ""; choose(a.dataset.filter); });
  });
  document.getElementById("expand").addEventListener("click", function () { open(true); });
  document.getElementById("collapse").addEventListener("click", function () { open(false); });
  addEventListener("hashchange", reveal);
  reveal();
})();
]]></xsl:template>
</xsl:stylesheet>

<?xml version="1.0" encoding="UTF-8"?>
<!-- How the page looks. Every text reaches a contrast of 4.5:1 (WCAG 2.1 AA) on its ground, in both schemes. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template name="style"><![CDATA[
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --card: #ffffff; --sunk: #f0f2f5; --text: #1b2430; --muted: #566072; --line: #dbe0e7; --link: #1f55a5;
  --pass: #17713f; --weak: #855800; --fail: #b3231b; --unsupported: #566072; --inconclusive: #6547a3; --error: #99266f;
  --known: #4d6470; --fixed: #086983; --not_run: #566072;
  --pass-soft: #e4f3ea; --weak-soft: #faf0da; --fail-soft: #fbe7e5; --unsupported-soft: #eceff3; --inconclusive-soft: #eee9f8;
  --error-soft: #f9e6f2; --known-soft: #e8eef1; --fixed-soft: #e0f2f6; --not_run-soft: #eceff3;
  --d0: #1f55a5; --d1: #96471a; --d2: #17713f; --d3: #6547a3; --d4: #086983; --d5: #99266f;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161c; --card: #1a2029; --sunk: #141920; --text: #e3e7ed; --muted: #9ba7b6; --line: #2e3743; --link: #8bb8f8;
    --pass: #6fcf97; --weak: #e6b455; --fail: #ff8f85; --unsupported: #9ba7b6; --inconclusive: #bda4f2; --error: #f08cc8;
    --known: #9fb6c2; --fixed: #67c8e0; --not_run: #9ba7b6;
    --pass-soft: #17301f; --weak-soft: #342a14; --fail-soft: #3d1f1d; --unsupported-soft: #252d37; --inconclusive-soft: #2a2340;
    --error-soft: #3a1e30; --known-soft: #222d34; --fixed-soft: #14313a; --not_run-soft: #252d37;
    --d0: #8bb8f8; --d1: #f0a878; --d2: #6fcf97; --d3: #bda4f2; --d4: #67c8e0; --d5: #f08cc8;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2rem) 3rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
p, ul, ol, dl, dd, figure, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
:target { box-shadow: 0 0 0 2px var(--link); border-radius: 6px; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 2.4rem 0 .7rem; font-size: 1.2rem; }
h3 { margin: 1.4rem 0 .5rem; font-size: 1rem; color: var(--muted); font-weight: 600; }
code, pre, .where { font-family: var(--mono); font-size: .86em; }
code, pre, q, .title, .message, dd { unicode-bidi: isolate; }
pre { white-space: pre-wrap; tab-size: 4; }
.small, .meta { font-size: .85rem; color: var(--muted); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; }
.kind { color: var(--muted); font-size: .85rem; letter-spacing: .04em; margin-bottom: .15rem; }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin-top: .8rem; }
.facts dt { font-size: .78rem; color: var(--muted); }
.facts dd { font-weight: 500; }
.banner { margin-top: 1rem; padding: .6rem .9rem; border: 1px solid var(--weak); border-left-width: 5px; border-radius: 6px;
  background: var(--weak-soft); }
.judgement, .card, .findings, .scenario, .scroll, .filter { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.judgement { display: grid; grid-template-columns: minmax(13rem, 1fr) 3fr; margin-top: 1.2rem; overflow: hidden; }
.word { padding: 1rem 1.2rem; border-left: 6px solid var(--c, var(--muted)); background: var(--s, var(--card)); }
.big { font-size: 1.35rem; font-weight: 650; line-height: 1.25; color: var(--c); margin-bottom: .25rem; }
.j-fail { --c: var(--fail); --s: var(--fail-soft); } .j-error { --c: var(--error); --s: var(--error-soft); }
.j-inconclusive { --c: var(--inconclusive); --s: var(--inconclusive-soft); }
.j-nothing, .j-incomplete { --c: var(--weak); --s: var(--weak-soft); }
.j-pass, .j-weak { --c: var(--pass); --s: var(--pass-soft); } .j-known { --c: var(--known); --s: var(--known-soft); }
.answer { margin-top: 1.2rem; padding: 1rem 1.2rem; border: 1px solid var(--line); border-left: 6px solid var(--link); border-radius: 8px; background: var(--card); }
.answer .big { color: var(--text); } .first { list-style: decimal inside; } .values div { display: flex; flex-wrap: wrap; gap: 0 .6rem; } .values dt { color: var(--muted); } .values dd { overflow-wrap: anywhere; font-weight: 600; }
.wrong-checks { list-style: disc; padding-left: 1.2rem; }
.counts { padding: 1rem 1.2rem; }
.bar { display: flex; gap: 2px; height: 8px; border-radius: 4px; overflow: hidden; margin-bottom: .8rem; background: var(--sunk); }
.bar span { background: var(--c); min-width: 3px; }
.tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: .3rem; }
.tile { display: block; padding: .2rem .5rem; border-radius: 6px; text-decoration: none; color: var(--c); }
.tile:hover { background: var(--s); }
.tile .number { display: block; font-size: 1.5rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile .name { font-size: .82rem; white-space: nowrap; }
.tile.zero { color: var(--muted); } .tile.zero .number { font-weight: 400; }
.v-pass { --c: var(--pass); --s: var(--pass-soft); } .v-weak { --c: var(--weak); --s: var(--weak-soft); }
.v-fail { --c: var(--fail); --s: var(--fail-soft); } .v-error { --c: var(--error); --s: var(--error-soft); }
.v-unsupported { --c: var(--unsupported); --s: var(--unsupported-soft); } .v-not_run { --c: var(--not_run); --s: var(--not_run-soft); }
.v-inconclusive { --c: var(--inconclusive); --s: var(--inconclusive-soft); }
.v-known { --c: var(--known); --s: var(--known-soft); } .v-fixed { --c: var(--fixed); --s: var(--fixed-soft); }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin-top: .9rem; font-size: .9rem; }
.badge { display: inline-flex; align-items: baseline; gap: .35em; padding: .05rem .5rem; border-radius: 99px; font-size: .8rem; font-weight: 600;
  white-space: nowrap; color: var(--c); background: var(--s); }
.glyph { display: inline-block; min-width: .8em; text-align: center; }
.tile .glyph { min-width: 1em; margin-right: .35em; }
.findings > li { display: grid; grid-template-columns: 8.6rem 1fr; gap: .2rem .6rem; padding: .6rem .9rem; align-items: baseline; }
.findings > li + li, .check + .check { border-top: 1px solid var(--line); }
.findings .badge, .line .badge { justify-self: start; white-space: normal; border-radius: 1rem; }
.findings .title { font-weight: 600; }
.findings p code { margin-right: .6rem; }
section > .small { margin-bottom: .5rem; }
.names { columns: 22rem; font-size: .9rem; padding-top: .3rem; }
.requirement > * { margin-right: .35rem; }
.requirements { font-size: .85rem; max-width: 60rem; margin: .15rem 0; }
.requirements > li { padding-left: .7rem; border-left: 2px solid var(--line); } .requirements a { white-space: nowrap; margin-right: .35rem; }
.self { text-decoration: none; padding: 0 .3rem; opacity: 0; } .check:hover .self, .check:target .self, .self:focus-visible { opacity: 1; }
.level { margin-right: .35rem; font-weight: 650; letter-spacing: .02em; }
.l-must { color: var(--text); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .32rem .7rem; text-align: right; white-space: nowrap; }
thead th { font-size: .78rem; font-weight: 500; color: var(--muted); }
th:first-child, .text { text-align: left; }
tbody tr { border-top: 1px solid var(--line); } tbody tr:hover { background: var(--sunk); }
tbody th { font-weight: 500; }
tfoot { border-top: 2px solid var(--line); font-weight: 650; }
td[class^="v-"] { color: var(--c); font-weight: 600; } td.zero { color: var(--muted); font-weight: 400; }
.filter { display: flex; flex-wrap: wrap; gap: .35rem; padding: .5rem; position: sticky; top: 0; z-index: 2; align-items: center; }
.filter[hidden] { display: none; }
.filter input { flex: 1 1 14rem; min-width: 0; font: inherit; font-size: .9rem; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 6px;
  background: var(--ground); color: var(--text); }
.filter button { font: inherit; font-size: .82rem; padding: .25rem .65rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card);
  color: var(--text); cursor: pointer; }
.filter button[aria-pressed="true"] { background: var(--text); color: var(--card); border-color: var(--text); }
.push { flex: 1; }
summary { cursor: pointer; }
.scenario { margin-bottom: .4rem; }
.scenario > summary { display: grid; grid-template-columns: 8.6rem 1fr auto; gap: .1rem .6rem; align-items: baseline; padding: .45rem .9rem; list-style: none; }
.scenario > summary::-webkit-details-marker { display: none; }
.scenario > summary:hover { background: var(--sunk); border-radius: 8px; }
.scenario > summary .badge { justify-self: start; }
.scenario .what .title { font-weight: 600; margin-right: .6rem; }
.scenario .what code { color: var(--muted); }
.scenario[open] > summary { border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; }
.scenario > summary .meta::after { content: "▸"; display: inline-block; width: 1.2em; text-align: right; }
.scenario[open] > summary .meta::after { content: "▾"; }
.scenario > .inner > p { padding: .6rem .9rem 0; max-width: 60rem; }
.remark { color: var(--muted); font-style: italic; }
.check { padding: .6rem .9rem; } .check, .scenario { scroll-margin-top: 4rem; }
.check .line { display: grid; grid-template-columns: 8.6rem 1fr; gap: .2rem .6rem; align-items: baseline; }
.check .title { font-weight: 500; }
.check .message { margin-top: .25rem; max-width: 60rem; }
.check .where { color: var(--muted); margin-right: .4rem; }
.check .path { margin: .5rem 0 0 9.2rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: .6rem; margin: .4rem 0 .5rem 9.2rem; }
.sides figcaption { font-size: .8rem; font-weight: 600; color: var(--muted); padding: .25rem .6rem; border-bottom: 1px solid var(--line); }
.sides figure { border: 1px solid var(--line); border-radius: 6px; background: var(--sunk); min-width: 0; border-top: 3px solid var(--pass); }
.sides figure.actual { border-top-color: var(--fail); }
.sides pre { padding: .5rem .6rem; max-height: 26rem; overflow: auto; }
.again { font-size: .85rem; color: var(--muted); margin: .3rem 0 0 9.2rem; }
.again pre { background: var(--sunk); border: 1px solid var(--line); border-radius: 6px; padding: .3rem .6rem; margin-top: .2rem; color: var(--text);
  user-select: all; }
div.again { display: flex; gap: .6rem; align-items: baseline; } div.again span { flex: none; } div.again pre { flex: 1; margin: 0; }
.transcript { border-top: 1px solid var(--line); }
.transcript > summary { padding: .5rem .9rem; font-weight: 600; font-size: .9rem; }
.transcript > summary .small { font-weight: 400; }
.devices { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: .1rem .9rem .6rem; }
.devices b, .who { color: var(--d, var(--text)); }
.d0 { --d: var(--d0); --i: 0; } .d1 { --d: var(--d1); --i: 1; } .d2 { --d: var(--d2); --i: 2; }
.d3 { --d: var(--d3); --i: 3; } .d4 { --d: var(--d4); --i: 4; } .d5 { --d: var(--d5); --i: 5; }
.talk { padding: 0 .9rem .8rem; font-size: .88rem; }
.talk > li { display: grid; grid-template-columns: 4.2rem 1fr; gap: .6rem; padding: .08rem 0; }
.at { text-align: right; color: var(--muted); font-variant-numeric: tabular-nums; font-size: .8rem; padding-top: .2rem; }
.talk > li > :nth-child(2) { margin-left: calc(var(--i, 0) * 2.2rem); min-width: 0; }
.out > details, .in > details, .shown > details { border-left: 3px solid var(--d, var(--line)); padding: .12rem .6rem; background: var(--sunk); border-radius: 0 6px 6px 0; }
.in > details { border-left-style: double; border-left-width: 4px; }
.shown > details { border-left-style: dotted; border-left-width: 4px; }
.talk summary::marker { color: var(--muted); }
.talk pre { margin: .3rem 0; padding: .4rem .6rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; overflow: auto; }
.way { color: var(--muted); }
.talk q { margin-left: .4rem; } .payload { margin-left: .4rem; color: var(--muted); }
.tag { display: inline-block; margin-left: .5rem; padding: 0 .45rem; border: 1px solid var(--line); border-radius: 4px; font-size: .78rem; color: var(--muted); }
.decided-well { --c: var(--pass); --s: var(--pass-soft); } .decided-badly { --c: var(--fail); --s: var(--fail-soft); }
.tag.evidence { color: var(--c); border-color: var(--c); }
.decided-well > details, .decided-badly > details { background: var(--s); }
.fence > details { background: none; } .fence summary, .fence summary b, .fence pre { color: var(--muted); font-weight: 400; font-style: italic; }
.step { margin-top: .45rem; } .step > span:last-child { font-family: var(--mono); font-size: .84rem; border-top: 1px solid var(--line); padding-top: .2rem; }
.step .where { color: var(--muted); }
.decided .badge { margin-right: .5rem; }
.note > span:last-child { color: var(--muted); }
.sealed { padding: .7rem .9rem .9rem; margin-bottom: .7rem; } .sealed > p { max-width: 60rem; } .sealed > p + p { margin-top: .5rem; }
.sealed h3 { margin: 0 0 .6rem; } .sealed h3 code { font-weight: 400; margin-left: .3rem; } .sealed .scroll { margin: .6rem 0; position: relative; }
.points { list-style: disc; padding-left: 1.3rem; max-width: 60rem; } .sealed > .points { margin: .2rem 0 .5rem; }
caption { padding: .45rem .7rem; text-align: left; font-weight: 600; } caption .small { font-weight: 400; }
.stay { display: inline-block; position: sticky; left: .7rem; max-width: min(60rem, calc(100vw - 5rem)); }
.matrix th, .matrix td, .seen th, .seen td { text-align: left; vertical-align: top; white-space: normal; overflow-wrap: normal; min-width: 6.5rem; }
.matrix th .small, .matrix td .small { display: block; } .matrix b { font-weight: 600; } .parties { white-space: nowrap; } .matrix td p + p { margin-top: .35rem; }
.matrix th:first-child, .seen th:first-child { position: sticky; left: 0; background: var(--card); } .seen th:first-child { min-width: 0; }
.seen td:last-child { min-width: 14rem; } .seen td { min-width: 4.5rem; }
.read strong { color: var(--pass); } .wrong strong { color: var(--fail); } .quiet { color: var(--muted); }
.unexpected { background: var(--fail-soft); box-shadow: inset 3px 0 var(--fail); } .unexpected .badge { background: var(--card); }
.unexpected .read strong, .unexpected .small { color: var(--text); }
.numbers { margin-top: .4rem; font-size: .9rem; } .numbers li { margin-top: .4rem; }
.elements { padding-top: .3rem; font-size: .9rem; } .elements dd { margin: 0 0 .35rem; }
.list { border-top: 1px solid var(--line); padding: .45rem .9rem; } .card > .list:first-child { border-top: 0; }
.list .inner .list { padding-left: 1rem; border: 0; }
.legend { display: grid; grid-template-columns: 8.6rem 1fr; gap: .25rem .6rem; font-size: .9rem; }
footer > p { margin-top: 1rem; }
@media (min-width: 40.01rem) {
  details.again { margin-top: -1.45rem; } details.again > summary { width: max-content; margin-left: auto; }
}
@media (max-width: 40rem) {
  body { font-size: 16px; }
  .judgement { grid-template-columns: minmax(0, 1fr); }
  .tiles { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); } .tile .name { white-space: normal; }
  .findings > li, .check .line, .scenario > summary { grid-template-columns: 1fr; }
  .scenario > summary { grid-template-columns: auto 1fr; } .scenario > summary .what { grid-column: 1 / -1; grid-row: 2; }
  .scenario > summary .meta { text-align: right; } .scenario .what .title { display: block; }
  .filter { position: static; } .push { display: none; }
  .talk > li { grid-template-columns: 3rem 1fr; gap: .4rem; } .talk > li > :nth-child(2) { margin-left: calc(var(--i, 0) * .7rem); }
  .matrix th, .matrix td, .seen th, .seen td { padding: .32rem .45rem; } .parties { white-space: normal; } .matrix tbody th { min-width: 5.4rem; overflow-wrap: anywhere; }
  .again, .check .path, .sides { margin-left: 0; } div.again { display: block; } div.again pre { margin-top: .2rem; }
}
@media print {
  :root { --ground: #fff; --sunk: #fff; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  .filter, nav, .skip, details.again, .transcript:not([open]) { display: none; }
  .scenario:not([open]), .check .line, .findings > li, figure { break-inside: avoid-page; } .scenario > summary { break-after: avoid; }
  .sides pre { max-height: none; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; } thead th { font-size: 6.5pt; } th, td { padding: .2rem .3rem; }
  .scenario > summary .meta::after { content: none; } h2, h3 { break-after: avoid; } .self { display: none; }
  .badge, .word, .bar span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
]]></xsl:template>
</xsl:stylesheet>

// Are the pages right HTML, and can everybody read them? `node check.mjs CHROMIUM PAGE…`: html-validate reads each page, and axe looks at
// it in a real browser, at the width of a screen and of a telephone, in light and in dark; nothing may be cut off there. Each finding is a line; exit status 1 where
// there is one, 2 where nothing could be looked at.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { HtmlValidate } from "html-validate";
import puppeteer from "puppeteer-core";

const [browserPath, ...pages] = process.argv.slice(2);
if (!pages.length) {
  console.error("usage: node check.mjs CHROMIUM PAGE…");
  process.exit(2);
}
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const looks = [];
for (const width of [1200, 390])
  for (const scheme of ["light", "dark"]) looks.push({ width, scheme });

let findings = 0;
function tell(page, text) {
  console.log(`${page}: ${text}`);
  findings++;
}

const validator = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: { "aria-label-misuse": ["error", { allowAnyNamable: true }] }, // a list may have a name, by ARIA 1.2
});
for (const page of pages) {
  const report = await validator.validateString(await readFile(page, "utf8"));
  for (const result of report.results)
    for (const m of result.messages) tell(page, `${m.line}:${m.column}: ${m.ruleId}: ${m.message}`);
}

const browser = await puppeteer.launch({
  executablePath: browserPath,
  args: ["--no-first-run", "--disable-background-networking", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])],
});
let passed = 0;
try {
  for (const page of pages)
    for (const { width, scheme } of looks) {
      const tab = await browser.newPage();
      await tab.setBypassCSP(true); // the page forbids scripts that are not its own, and axe is one
      await tab.setViewport({ width, height: 900 });
      await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await tab.goto(pathToFileURL(page).href);
      await tab.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      // What is wider than its place must be able to be scrolled to, by itself; the page as a whole is as wide as the screen.
      const cut = await tab.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .concat(document.documentElement)
          .filter((e) => e === document.documentElement || /hidden|clip/.test(getComputedStyle(e).overflowX))
          .filter((e) => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1)
          .map((e) => `${e.tagName.toLowerCase()}.${e.className}: ${e.scrollWidth} px in ${e.clientWidth}`),
      );
      for (const what of cut) tell(page, `${width} px, ${scheme}: cut off: ${what}`);
      await tab.addScriptTag({ path: axe });
      const result = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      passed += result.passes.length;
      for (const v of result.violations)
        for (const node of v.nodes)
          tell(page, `${width} px, ${scheme}: ${v.id}: ${v.help}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`);
      await tab.close();
    }
} finally {
  await browser.close();
}
if (!passed) {
  console.error("ci/pages: axe looked at nothing");
  process.exit(2);
}
console.log(`${pages.length} pages, ${looks.length} looks at each: ${findings} findings`);
process.exit(findings ? 1 : 0);

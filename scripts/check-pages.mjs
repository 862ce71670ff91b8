// @ts-check
// Looks at the pages that people see, in chromium: the documentation site and the inspector. `npm run check:pages` (after `npm run build` and
// `npm run docs`). Without chromium nothing is looked at, which `--required` calls a failure.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { builtEntry, ROOT } from './house/tree.mjs';
import { CHECKS, images, listen, scrolling } from './pages/checks.mjs';
import { openInspectorPage } from './pages/inspector.mjs';
import { selfTest } from './pages/self-test.mjs';
import { guidesAtHand, openSearch, searching } from './pages/site.mjs';

const { values } = parseArgs({
  options: { chromium: { type: 'string', default: '/usr/bin/chromium' }, required: { type: 'boolean', default: false } },
});

if (!existsSync(values.chromium)) {
  console.log(`skipped: there is no ${values.chromium} (--chromium FILE names another one)`);
  process.exit(values.required || process.env['CI'] ? 1 : 0);
}
builtEntry();
if (!existsSync(`${ROOT}site/index.html`)) {
  console.error('There is no site/index.html: run `npm run docs` first.');
  process.exit(1);
}

let passed = 0;
let failed = 0;
/** @param {string} what @param {import('./pages/checks.mjs').Found} found */
function say(what, { seen, problems }) {
  const ok = problems.length === 0 && seen > 0;
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${what} (${seen})`);
  for (const problem of problems.slice(0, 12)) console.log(`        ${problem}`);
  if (problems.length > 12) console.log(`        and ${problems.length - 12} more`);
}

/** @typedef {import('./pages/checks.mjs').Page} Page */
/** @typedef {Readonly<Record<string, (page: Page) => Promise<import('./pages/checks.mjs').Found>>>} Checks */

/** @type {readonly (readonly [name: string, path: string, checks: Checks, prepare?: (page: Page) => Promise<void>])[]} */
const SITE = [
  [
    'front page',
    'index.html',
    { ...CHECKS, scrolling, 'images with alt text': images, 'guides within two clicks': guidesAtHand },
  ],
  ['guide', 'guides/architecture.html', { ...CHECKS, 'images with alt text': images, scrolling }],
  ['class', 'classes/qnetwork.QNetworkRequest.html', { ...CHECKS, scrolling }],
  [
    'enumeration',
    'enums/qnetwork.QSslError.SslError.html',
    { 'contrast, light': CHECKS['contrast, light'], 'contrast, dark': CHECKS['contrast, dark'], scrolling },
  ],
  ['search', 'guides/cookies.html', { ...CHECKS, 'what is found': searching }, openSearch],
];

const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] });
try {
  say('each check fails on a page broken on purpose', await selfTest(browser));
  for (const [name, path, checks, prepare] of SITE) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const heard = await listen(page, (url) => url.protocol === 'file:' || url.protocol === 'data:');
    await page.goto(pathToFileURL(`${ROOT}site/${path}`).href);
    await prepare?.(page);
    for (const [what, check] of Object.entries(checks)) say(`site, ${name}: ${what}`, await check(page));
    say(`site, ${name}: no complaint on the console`, heard.console);
    say(`site, ${name}: no request to a host`, heard.hosts);
    await page.close();
  }
  const { url, views, close } = await openInspectorPage();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const heard = await listen(
    page,
    (asked) => asked.host === new URL(url).host || asked.protocol === 'data:' || asked.protocol === 'blob:',
  );
  await page.goto(url);
  for (const [name, prepare] of views) {
    await prepare(page);
    for (const [what, check] of Object.entries(CHECKS)) say(`inspector, ${name}: ${what}`, await check(page));
  }
  say('inspector: no complaint on the console', heard.console);
  say('inspector: no request to another host', heard.hosts);
  await page.close();
  await close();
} finally {
  await browser.close();
}
console.log(`${passed} checks passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

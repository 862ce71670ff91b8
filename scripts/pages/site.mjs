// @ts-check
// Checks of the documentation site alone.
import { posix } from 'node:path';
import { GROUPS, guidePage } from '../site/guides.mjs';

/** @typedef {import('./checks.mjs').Page} Page */

/** Every guide is a click away from the front page, or two. @param {Page} page @returns {Promise<import('./checks.mjs').Found>} */
export async function guidesAtHand(page) {
  const guides = Object.values(GROUPS).flat().map(guidePage);
  await page.waitForSelector('nav.tsd-navigation a[href*="guides/"]', { state: 'attached' });
  /** How many folded groups each link of the navigation is in. */
  const depths = await page.$$eval('nav.tsd-navigation a[href]', (links) =>
    links.map((link) => {
      let depth = 0;
      for (let at = link.closest('details'); at; at = at.parentElement?.closest('details') ?? null)
        if (!at.open && link.closest('summary')?.parentElement !== at) depth++;
      return /** @type {const} */ ([link.getAttribute('href') ?? '', depth]);
    }),
  );
  const clicks = new Map(depths.map(([href, depth]) => [posix.normalize(href), depth + 1]));
  const far = guides.filter((guide) => !((clicks.get(guide) ?? 9) <= 2));
  return { seen: guides.length, problems: far.map((guide) => `${guide} is ${clicks.get(guide) ?? 'not'} in the navigation`) };
}

/** @param {Page} page */
export async function openSearch(page) {
  await page.click('#tsd-search-trigger');
  await search(page, 'cookies');
}

/** @param {Page} page @param {string} text */
async function search(page, text) {
  await page.fill('#tsd-search-input', '');
  await page.waitForFunction(() => Reflect.get(globalThis, 'document').querySelectorAll('#tsd-search-results li').length === 0);
  await page.fill('#tsd-search-input', text);
  await page.waitForSelector('#tsd-search-results li');
  return page.$$eval('#tsd-search-results a', (links) => links.map((link) => link.getAttribute('href') ?? ''));
}

/** What somebody looks for, and a page that has to be among what is found. @type {readonly (readonly [string, string])[]} */
const SOUGHT = [
  ['QNetworkReply', 'classes/qnetwork.QNetworkReply.html'],
  ['setRawHeader', 'classes/qnetwork.QNetworkRequest.html#setrawheader'],
  ['proxies', 'guides/proxies.html'],
  ['HighPriority', 'enums/qnetwork.QNetworkRequest.Priority.html#highpriority'],
];

/** @param {Page} page @returns {Promise<import('./checks.mjs').Found>} */
export async function searching(page) {
  const problems = [];
  for (const [text, wanted] of SOUGHT) {
    const found = await search(page, text);
    if (!found.some((href) => href.endsWith(wanted)))
      problems.push(`"${text}" does not find ${wanted}: ${found.slice(0, 4).join(', ')}`);
  }
  return { seen: SOUGHT.length, problems };
}

// @ts-check
// The checks of a page in a browser. Each gives what it has seen and what is wrong with it.
import * as inPage from './in-page.mjs';

/** @typedef {{ seen: number, problems: string[] }} Found */
/** @typedef {import('playwright-core').Page} Page */

/**
 * Notes what a page complains of and whom it asks, from now on.
 * @param {Page} page @param {(url: URL) => boolean} ours
 */
export async function listen(page, ours) {
  /** @type {Found} */
  const console = { seen: 1, problems: [] };
  /** @type {Found} */
  const hosts = { seen: 0, problems: [] };
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.problems.push(message.text()));
  page.on('pageerror', (error) => console.problems.push(String(error)));
  // nothing goes out even when a page wants it
  await page.route('**/*', (route) => {
    const url = new URL(route.request().url());
    hosts.seen++;
    if (ours(url)) return route.continue();
    hosts.problems.push(`asks ${url.origin}`);
    return route.fulfill({ status: 204 });
  });
  return { console, hosts };
}

/** Roles of the accessibility tree that a person can act on, and what they must be called by. */
const NAMED = new Set(
  'button checkbox combobox link listbox menuitem option radio searchbox slider spinbutton switch tab textbox treeitem DisclosureTriangle'.split(
    ' ',
  ),
);

/** Controls without a name for those who do not see them. @param {Page} page @returns {Promise<Found>} */
export async function names(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const controls = nodes.filter(({ ignored, role }) => !ignored && NAMED.has(role?.value));
  const nameless = controls.filter(({ name }) => !String(name?.value ?? '').trim());
  return { seen: controls.length, problems: nameless.map(({ role }) => `a ${role?.value} has no name`) };
}

/** Everything can be reached with Tab, and one sees where the focus is. @param {Page} page @returns {Promise<Found>} */
export async function keyboard(page) {
  const count = await page.evaluate(inPage.watchFocus);
  // on the way around the focus also passes the frame of the browser
  for (let i = 0; i < count + 5; i++) await page.keyboard.press('Tab');
  return page.evaluate(inPage.focusSeen);
}

/** @satisfies {Readonly<Record<string, (page: Page) => Promise<Found>>>} */
export const CHECKS = {
  'language and title': (page) => page.evaluate(inPage.language),
  'names of controls': names,
  keyboard,
  'contrast, light': (page) => inScheme(page, 'light'),
  'contrast, dark': (page) => inScheme(page, 'dark'),
};

/** @param {Page} page */
export const images = (page) => page.evaluate(inPage.images);

/** The page in a window of 1280 and of 390 pixels. @param {Page} page @returns {Promise<Found>} */
export async function scrolling(page) {
  /** @type {Found} */
  const found = { seen: 0, problems: [] };
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const { seen, problems } = await page.evaluate(inPage.width);
    found.seen += seen;
    found.problems.push(...problems);
  }
  return found;
}

/** @param {Page} page @param {'light' | 'dark'} colorScheme */
async function inScheme(page, colorScheme) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate(inPage.settled);
  return page.evaluate(inPage.contrast);
}

// @ts-check
// Pages broken on purpose: each check has to fail on its page, and all have to be content with one that is sound.
import { CHECKS, images, listen, scrolling } from './checks.mjs';

const SOUND = `<!doctype html><html lang="en"><title>A sound page</title>
<style>::placeholder { color: inherit } :root { color-scheme: light dark } :focus-visible { outline: 2px solid Highlight }</style>
<h1>Hello</h1><p>Text <a href="#x">a link</a> <button>Press</button> <input aria-label="Name" placeholder="Ada"></p>
<img alt="A dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`;

/** What breaks the sound page, by check. @type {readonly (readonly [check: string, from: string | RegExp, to: string])[]} */
const BROKEN = [
  ['console', /$/, '<script>console.warn("old")</script>'],
  ['console', /$/, '<script>throw new Error("bad")</script>'],
  ['hosts', /$/, '<img alt="Counted" src="https://counter.example/1.gif">'],
  ['hosts', /$/, '<style>@import "https://fonts.example/a.css"</style>'],
  ['language and title', ' lang="en"', ''],
  ['language and title', 'A sound page', ''],
  ['names of controls', 'aria-label="Name" placeholder="Ada"', ''],
  ['names of controls', 'Press', '<svg></svg>'],
  ['images with alt text', 'alt="A dot"', ''],
  ['keyboard', '<button>', '<button tabindex="-1">'],
  ['keyboard', 'outline: 2px solid Highlight', 'outline: none'],
  ['contrast, light', '<p>', '<p style="color: light-dark(#999, #ccc)">'],
  ['contrast, dark', '<p>', '<p style="color: light-dark(#333, #555)">'],
  ['contrast, light', 'Hello', '<span style="opacity: 0.3">Hello</span>'],
  ['contrast, dark', 'Hello', '<small style="background: color-mix(in srgb, white 60%, transparent)">Hello</small>'],
  ['scrolling', 'Hello', '<span style="display: block; width: 500px">Hello</span>'],
  ['scrolling', 'Hello', '<span style="display: block; width: 1300px">Hello</span>'],
];

/** What checks find on a page; all of them without `only`. @param {import('playwright-core').Browser} browser @param {string} html @param {string} [only] */
async function judged(browser, html, only) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const heard = await listen(page, (url) => url.protocol === 'data:' || url.host === 'page.example');
  await page.route('https://page.example/', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await page.goto('https://page.example/', { waitUntil: 'load' });
  /** @type {Map<string, readonly string[]>} */
  const problems = new Map();
  for (const [name, check] of Object.entries({ ...CHECKS, 'images with alt text': images, scrolling }))
    if (name === (only ?? name)) problems.set(name, (await check(page)).problems);
  for (const [name, found] of Object.entries(heard)) problems.set(name, found.problems);
  await page.close();
  return problems;
}

/** What the checks do not see that they should, and what they see that is not there. @param {import('playwright-core').Browser} browser */
export async function selfTest(browser) {
  const sound = await judged(browser, SOUND);
  const wrong = [...sound].flatMap(([name, problems]) =>
    problems.map((problem) => `${name} finds fault with a sound page: ${problem}`),
  );
  for (const [check, from, to] of BROKEN) {
    const html = SOUND.replace(from, to);
    const found = (await judged(browser, html, check)).get(check) ?? [];
    if (html === SOUND || found.length === 0) wrong.push(`${check} does not see ${to || `the lack of ${from}`}`);
  }
  return { seen: BROKEN.length, problems: wrong };
}

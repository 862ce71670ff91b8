// @ts-check
// The documents of the site: those of the table in guides.mjs, and a page for every file of the sources that a document links to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { ROOT } from '../house/tree.mjs';
import { GROUPS } from './guides.mjs';

/**
 * @typedef {object} Page
 * @property {string} path the file or folder it is about, from the root
 * @property {string} name
 * @property {string} text Markdown
 * @property {string} [group]
 * @property {readonly Page[]} pages pages under it in the navigation
 */

/** @param {string} path */
const read = (path) => readFileSync(ROOT + path, 'utf8');

/** The links of a document to places in this project, as paths from the root. @param {string} path @param {string} text */
function targets(path, text) {
  const links = text.replace(/^```.*?^```$/gms, '').matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g);
  return Array.from(links, ([, to = '']) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => posix.join(posix.dirname(path), to).replace(/\/$/, ''));
}

/** @param {string} path */
function heading(path) {
  if (!existsSync(ROOT + path)) throw new Error(`${path} is in the table of scripts/site/guides.mjs and nowhere else.`);
  const name = /^# (.*)$/m.exec(read(path))?.[1];
  if (name === undefined) throw new Error(`${path} has no heading ("# …"), which would be its name in the navigation.`);
  return name.replaceAll('`', '');
}

/** @param {string} path @returns {Page} */
const documentPage = (path) => ({ path, name: heading(path), text: read(path), pages: [] });

/** A file of the sources, as it is. @param {string} path @returns {Page} */
function sourcePage(path) {
  const language = /\.[cm]?([jt]s)$/.exec(path)?.[1] ?? 'text';
  return {
    path,
    name: posix.basename(path),
    text: `# ${posix.basename(path)}\n\n\`${path}\`\n\n~~~${language}\n${read(path)}\n~~~\n`,
    pages: [],
  };
}

/** @param {string} path */
const pageOf = (path) => (path.endsWith('.md') ? documentPage(path) : sourcePage(path));

/** A folder: a list of its files and what their first comment says. @param {string} path @returns {Page} */
function folderPage(path) {
  const files = readdirSync(ROOT + path).filter((name) => /\.(?:md|mjs)$/.test(name));
  const pages = files.sort().map((name) => pageOf(`${path}/${name}`));
  const name = path === 'examples' ? 'Examples' : 'Decisions';
  const lines = pages.map((page) => `- [${page.name}](${posix.basename(path)}/${posix.basename(page.path)})${about(page)}`);
  return { path, name, text: `# ${name}\n\n${lines.join('\n')}\n`, pages };
}

/** What the first comment of a program says. @param {Page} page */
function about({ path }) {
  if (path.endsWith('.md')) return '';
  const comment =
    /^(?:\/\/.*\n)+/
      .exec(read(path))?.[0]
      .replace(/^\/\/ ?/gm, '')
      .split('\n\n')[0] ?? '';
  return `: ${comment.trim().replaceAll('\n', ' ')}`;
}

/** Every page of the site that is no page of a public name. @returns {{ pages: Page[], sources: Page[] }} */
export function sitePages() {
  const pages = Object.entries(GROUPS).flatMap(([group, paths]) =>
    paths.map((path) => ({ ...(path.endsWith('.md') ? documentPage(path) : folderPage(path)), group })),
  );
  const known = new Set(['README.md', '.', ...pages.flatMap((page) => [page.path, ...page.pages.map(({ path }) => path)])]);
  forgotten(known);
  /** @type {Map<string, Page>} */
  const sources = new Map();
  const all = [{ path: 'README.md', text: read('README.md') }, ...pages.flatMap((page) => [page, ...page.pages])];
  for (const { path, text } of all) {
    for (const target of targets(path, text)) {
      if (known.has(target) || sources.has(target) || /\.(?:svg|png)$/.test(target) || !existsSync(ROOT + target)) continue;
      sources.set(target, pageOf(target));
    }
  }
  return { pages, sources: [...sources.values()] };
}

/** Complains of documents that nobody could find. @param {ReadonlySet<string>} known */
function forgotten(known) {
  const lost = readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .filter((path) => !known.has(path));
  if (lost.length > 0) throw new Error(`${lost.join(', ')}: in no group of scripts/site/guides.mjs, so nobody would find it.`);
}

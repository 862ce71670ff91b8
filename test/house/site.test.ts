import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/house/tree.mjs';
import { sitePages } from '../../scripts/site/documents.mjs';
import { GROUPS, guidePage } from '../../scripts/site/guides.mjs';
import { brokenLinks } from '../../scripts/site/links.mjs';

describe('the documents of the site', () => {
  const { pages, sources } = sitePages();

  test('stand in its navigation once each, under their headings', () => {
    const paths = Object.values(GROUPS).flat();
    expect(new Set(paths).size).toBe(paths.length);
    const inDocs = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'));
    expect(paths).toEqual(expect.arrayContaining(inDocs.map((name) => `docs/${name}`)));
    expect(pages.find(({ path }) => path === 'docs/ftp.md')).toMatchObject({ name: 'FTP', group: 'Guides' });
  });

  test('have pages of their own, folders included', () => {
    const all = [...pages, ...pages.flatMap((page) => page.pages), ...sources];
    const places = all.map(({ path }) => guidePage(path));
    expect(new Set(places).size).toBe(places.length);
    expect(pages.find(({ path }) => path === 'docs/decisions')?.pages.length).toBeGreaterThan(15);
  });

  test('bring the sources that they link to', () => {
    const pattern = sources.find(({ path }) => path === 'test/patterns/16-tiles.test.ts');
    expect(pattern?.text).toMatch(/^# 16-tiles\.test\.ts\n\n`test\/patterns\/16-tiles\.test\.ts`\n\n~~~ts\n/);
  });
});

/** [what, pages, files beside them, what is wrong] */
const SITES: readonly [string, Record<string, string>, string[], string[]][] = [
  ['links that hold', { 'index.html': '<a href="a/b.html#x">', 'a/b.html': '<h2 id="x"><a href="../index.html">' }, [], []],
  ['a page that is not there', { 'index.html': '<a href="a.html">' }, [], ['index.html: a.html leads nowhere']],
  ['a link from a folder', { 'a/b.html': '<a href="c.html">', 'c.html': '' }, [], ['a/b.html: c.html leads nowhere']],
  ['a picture', { 'index.html': '<img src="i/a.svg"><img src="i/b.svg">' }, ['i/a.svg'], ['index.html: i/b.svg leads nowhere']],
  [
    'a place',
    { 'index.html': '<a href="#x"><a href="#y"><p id="y">' },
    [],
    ['index.html: #x: there is no such place on that page'],
  ],
  [
    'a place elsewhere',
    { 'index.html': '<a href="a.html#x">', 'a.html': '' },
    [],
    ['index.html: a.html#x: there is no such place on that page'],
  ],
  ['escapes', { 'index.html': '<a href="a%20b.html#x&amp;y">', 'a b.html': '<p id="x&amp;y">' }, [], []],
  ['other hosts', { 'index.html': '<a href="https://example.org/a"><a href="mailto:a@example.org">' }, [], []],
  ['a file of the machine', { 'index.html': '<a href="/etc/hosts">' }, [], ['index.html: /etc/hosts leads nowhere']],
];

test.each(SITES)('links of a site: %s', (_, pages, files, wrong) => {
  expect(brokenLinks(new Map(Object.entries(pages)), new Set([...Object.keys(pages), ...files]))).toEqual(wrong);
});

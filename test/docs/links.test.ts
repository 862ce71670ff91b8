import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { documents, ROOT, read } from './blocks.ts';

/** The anchors that headings of a document have, as code hosts make them. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm);
  return Array.from(headings, ([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function targetsOf(text: string): string[] {
  return Array.from(text.replace(/^```.*?^```$/gms, '').matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!);
}

test.each(documents())('the links of %s lead somewhere', (path) => {
  const text = read(path);
  const broken = targetsOf(text).filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const to = file === '' ? path : posix.join(posix.dirname(path), file);
    if (!existsSync(ROOT + to)) return true;
    return anchor !== undefined && !anchorsOf(read(to)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test('the files that pages speak of are there', () => {
  const missing: string[] = [];
  for (const path of documents()) {
    // its rules also name folders that are still to come
    if (path === 'CONTRIBUTING.md') continue;
    for (const [, name] of read(path).matchAll(/`((?:src|test|scripts|examples|bench|spec|docs|\.ci)\/[\w./-]*\w)`/g)) {
      const there = ['', '.ts', '.md'].some((end) => existsSync(ROOT + name + end));
      if (!there) missing.push(`${path}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

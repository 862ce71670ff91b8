// @ts-check
// The tables of test/members: which member is tested where. Read as text, so that scripts need no TypeScript; a test compares that
// with what the tables really hold.

/** @typedef {import('./coverage.mjs').Inventory} Inventory */

/** The members a table tests, in order. @param {string} text of its file */
export const keysIn = (text) => [...text.matchAll(/^ {2}'([^']+)': /gm)].map(([, key]) => String(key));

/** In which file each member is tested. @param {Readonly<Record<string, string>>} files path: text */
export function testFiles(files) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const [path, text] of Object.entries(files)) for (const key of keysIn(text)) found.set(key, path);
  return found;
}

/** What is wrong with the tables. @param {Readonly<Record<string, string>>} files path: text @param {Inventory} inventory */
export function problemsOf(files, inventory) {
  const problems = [];
  const seen = new Set();
  for (const [path, text] of Object.entries(files)) {
    const keys = keysIn(text);
    if (keys.length === 0) problems.push(`${path} has no tests of members`);
    for (const key of keys) {
      const [owner = '', member = ''] = key.split('.');
      const known = inventory[owner];
      if (known === undefined || known.kind === 'enum' || !Object.hasOwn(known.members, member))
        problems.push(`${path}: ${key} is no member in spec/api-inventory.json`);
      const home = `test/members/${owner.toLowerCase()}.ts`;
      if (path !== home) problems.push(`${path}: ${key} belongs into ${home}`);
      if (seen.has(key)) problems.push(`${path}: ${key} is there twice`);
      seen.add(key);
    }
  }
  return problems;
}

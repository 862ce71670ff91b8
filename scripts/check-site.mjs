// @ts-check
// Looks at the links of the documentation site. `npm run docs` builds it and runs this.
import { readdirSync, readFileSync } from 'node:fs';
import { ROOT } from './house/tree.mjs';
import { brokenLinks } from './site/links.mjs';

const folder = `${ROOT}site/`;
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').replaceAll('//', '/').slice(folder.length));
const pages = new Map(files.filter((path) => path.endsWith('.html')).map((path) => [path, readFileSync(folder + path, 'utf8')]));
const broken = brokenLinks(pages, new Set(files));
for (const line of broken) console.log(line);
console.log(`${pages.size} pages, ${broken.length} broken links`);
process.exitCode = broken.length === 0 && pages.size > 100 ? 0 : 1;

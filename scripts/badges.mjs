// @ts-check
// Writes what docs/conformance.json says: the badges of docs/images/badges, their line in the README and the table of docs/conformance.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { allBadges, BADGES, filled, RESULTS } from './house/badges.mjs';

const results = JSON.parse(readFileSync(RESULTS, 'utf8'));
mkdirSync(BADGES, { recursive: true });
const badges = allBadges(results);
for (const name of readdirSync(BADGES)) if (!Object.hasOwn(badges, name)) rmSync(`${BADGES}/${name}`);
for (const [name, svg] of Object.entries(badges)) writeFileSync(`${BADGES}/${name}`, svg);
for (const [path, text] of filled(results)) writeFileSync(path, text);

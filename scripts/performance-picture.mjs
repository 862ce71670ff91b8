// @ts-check
// Draws docs/images/performance-light.svg and -dark.svg out of bench/figures.json, which `npm run bench:figures` measures.
import { readFileSync, writeFileSync } from 'node:fs';
import { performanceSvg, SCHEME_NAMES } from './house/performance-svg.mjs';
import { ROOT } from './house/tree.mjs';

const figures = JSON.parse(readFileSync(`${ROOT}bench/figures.json`, 'utf8'));
for (const scheme of SCHEME_NAMES) writeFileSync(`${ROOT}docs/images/performance-${scheme}.svg`, performanceSvg(figures, scheme));

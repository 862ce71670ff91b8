// @ts-check
// The part of check-imports that looks at names only. `npm run check:names`
import { checkNames } from './house/rules.mjs';
import { readTree, report } from './house/tree.mjs';

const files = readTree();
report(files, checkNames(files));

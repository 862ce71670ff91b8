// @ts-check
// Who may import whom, and the other rules of the house that a script can see. `npm run check:imports`
import { checkImports, checkNames } from './house/rules.mjs';
import { readTree, report } from './house/tree.mjs';

const files = readTree();
report(files, [...checkImports(files), ...checkNames(files)]);

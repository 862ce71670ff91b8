// @ts-check
// The rules of the house as one pure function over { path: text }. The table is in layers.mjs.

import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { CHANCE, CHANCES, HOMES, LAYERS, layerOf, MAX_LINES, PACKAGES, WITHOUT_QT } from './layers.mjs';
import { importsOf, lineAt, scan } from './scan.mjs';

/**
 * @typedef {Readonly<Record<string, string>>} Files
 * @typedef {{ rule: 'layer' | 'home' | 'chance' | 'cycle' | 'size' | 'name', path: string, line: number, sentence: string }} Violation
 * @typedef {{ to: string, line: number, type: boolean }} Edge
 */

/** @param {readonly string[]} names */
const list = (names) => (names.length < 2 ? (names[0] ?? 'nothing') : names.slice(0, -1).join(', ') + ' and ' + names.at(-1));

/** Path of the imported file, seen from the root of the tree. @param {string} from @param {string} target */
const resolve = (from, target) => posix.normalize(posix.join(posix.dirname(from), target)).replace(/\.js$/, '.ts');

/** @param {string} path @param {string} target @returns {string | null} */
function judgeLayer(path, target) {
  const from = layerOf(path);
  const layer = from === undefined ? undefined : LAYERS[from];
  if (layer === undefined) return null;
  const to = layerOf(target);
  if (to === undefined) {
    return target.startsWith('src/')
      ? `${path} imports ${target}, which is in no known folder of the house`
      : `${path} may not import ${target}: what is shipped imports nothing outside src`;
  }
  // The folders of api may be entered from outside only by the index.
  if (layer.may.includes(to)) return null;
  return `${path} may not import ${target}: ${layer.why} (${from} may import ${list(layer.may)})`;
}

/** @param {string} path @param {import('./scan.mjs').Import} imported @returns {string | null} */
function judgeOutside(path, { target, type }) {
  if (isBuiltin(target) && !target.startsWith('node:'))
    return `${path} imports ${target}: write node:${target}, so that no package can take the name`;
  const rule = HOMES.find(({ name }) => name.test(target));
  if (rule !== undefined)
    return rule.home.test(path) || (type && rule.types) ? null : `${path} may not import ${target}: ${rule.why}`;
  if (isBuiltin(target)) return null;
  const name = target.split('/', target.startsWith('@') ? 2 : 1).join('/');
  return PACKAGES[name]?.test(path) ? null : `${path} may not import ${target}: the package has no such dependency at run time`;
}

/**
 * Groups of files that import one another. Inside api type-only imports are left out: Qt's own classes name each other (a reply
 * knows its manager, a manager makes replies).
 * @param {ReadonlyMap<string, readonly Edge[]>} graph
 * @returns {string[][]} a walk around each cycle, the first file repeated at the end
 */
export function cycles(graph) {
  /** @param {string} path */
  const next = (path) =>
    (graph.get(path) ?? []).filter(
      ({ to, type }) => graph.has(to) && !(type && path.startsWith('src/api/') && to.startsWith('src/api/')),
    );
  /** Shortest way from `start` back to itself. @param {string} start @returns {string[] | null} */
  const around = (start) => {
    /** @type {Map<string, string>} */
    const before = new Map();
    const queue = [start];
    for (const path of queue) {
      for (const { to } of next(path)) {
        if (to === start) {
          const walk = [start, path];
          for (let at = path; at !== start; walk.push(at)) at = before.get(at) ?? start;
          if (path === start) return [start, start];
          return walk.reverse();
        }
        if (!before.has(to)) {
          before.set(to, path);
          queue.push(to);
        }
      }
    }
    return null;
  };
  const found = [];
  const told = new Set();
  for (const path of [...graph.keys()].sort()) {
    if (told.has(path)) continue;
    const walk = around(path);
    if (walk === null) continue;
    for (const member of walk) told.add(member);
    found.push(walk);
  }
  return found;
}

/** Imports, homes, time and chance of one file. @param {string} path @param {string} text */
function judgeFile(path, text) {
  /** @type {Violation[]} */
  const violations = [];
  /** @type {Edge[]} */
  const edges = [];
  const scanned = scan(text);
  const { imports, unknowable } = importsOf(text, scanned);
  for (const line of unknowable) {
    violations.push({ rule: 'home', path, line, sentence: `${path} imports a computed name: nobody can check where that leads` });
  }
  for (const imported of imports) {
    const relative = imported.target.startsWith('.');
    const to = relative ? resolve(path, imported.target) : imported.target;
    if (relative) edges.push({ to, line: imported.line, type: imported.type });
    const sentence = relative ? judgeLayer(path, to) : judgeOutside(path, imported);
    if (sentence !== null) violations.push({ rule: relative ? 'layer' : 'home', path, line: imported.line, sentence });
  }
  if (!CHANCE.test(path)) {
    for (const { word, name } of CHANCES) {
      for (const match of scanned.code.matchAll(word)) {
        const sentence = `${path} uses ${match[1]}: ${name} is handed in (base/clock), so that tests can decide it`;
        violations.push({ rule: 'chance', path, line: lineAt(text, match.index), sentence });
      }
    }
  }
  return { violations, edges };
}

/** Imports, cycles and sizes. @param {Files} files @returns {Violation[]} */
export function checkImports(files) {
  /** @type {Violation[]} */
  const violations = [];
  /** @type {Map<string, Edge[]>} */
  const graph = new Map();
  for (const [path, text] of Object.entries(files)) {
    if (layerOf(path) === undefined) {
      violations.push({
        rule: 'layer',
        path,
        line: 1,
        sentence: `${path} is in no known folder of the house: see docs/architecture.md`,
      });
    }
    const judged = judgeFile(path, text);
    violations.push(...judged.violations);
    graph.set(path, judged.edges);
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > MAX_LINES) {
      violations.push({
        rule: 'size',
        path,
        line: MAX_LINES,
        sentence: `${path} has ${lines} lines, more than ${MAX_LINES}: look for its two concerns`,
      });
    }
  }
  for (const walk of cycles(graph)) {
    const [path = '', second = ''] = walk;
    const line = graph.get(path)?.find(({ to }) => to === second)?.line ?? 1;
    violations.push({
      rule: 'cycle',
      path,
      line,
      sentence: `${walk.join(' → ')} is a circle: move what both need one floor down`,
    });
  }
  return violations;
}

/** Qt's names below the bridge, and files of api that are not called after their class. @param {Files} files @returns {Violation[]} */
export function checkNames(files) {
  /** @type {Violation[]} */
  const violations = [];
  for (const [path, text] of Object.entries(files)) {
    if (WITHOUT_QT.test(path)) {
      for (const match of text.matchAll(/(?<![A-Za-z0-9])Q[A-Z][a-z]\w*/g)) {
        const sentence = `${path} says ${match[0]}: the engine does not know Qt’s vocabulary, only api/bridge speaks both (write “Qt” alone in comments)`;
        violations.push({ rule: 'name', path, line: lineAt(text, match.index), sentence });
      }
    } else if (/^src\/api\/(?!bridge\/)/.test(path)) {
      for (const match of scan(text).code.matchAll(/^export (?:default )?(?:abstract )?class (Q[A-Z]\w*)/gm)) {
        const name = match[1] ?? '';
        if (posix.basename(path) === name.toLowerCase() + '.ts') continue;
        const sentence = `${path} holds ${name}: one file a class, called ${name.toLowerCase()}.ts`;
        violations.push({ rule: 'name', path, line: lineAt(text, match.index), sentence });
      }
    }
  }
  return violations;
}

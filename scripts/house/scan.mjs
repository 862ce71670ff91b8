// @ts-check
// A small scanner for TypeScript: just enough to tell code from comments and strings, and to find what a file imports.

/**
 * @typedef {object} Import
 * @property {string} target what is imported, as written
 * @property {number} line
 * @property {boolean} type true when nothing of it exists at run time
 * @property {'static' | 'dynamic' | 'builtin'} how
 *
 * @typedef {object} Scan
 * @property {string} code the text with comments and the inside of strings blanked; same length, same lines
 * @property {string} uncommented the text with comments blanked; same length, same lines
 */

const REGEX_BEFORE = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await))\s*$/;

/** Keeps line breaks, so that positions and line numbers stay true. @param {string} text */
const blank = (text) => text.replace(/[^\n]/g, ' ');

/**
 * Where the string that opens at `from` ends (just behind it). For a template: at the next `${` or behind the closing tick.
 * @param {string} text @param {number} from @param {string} quote
 */
function stringEnd(text, from, quote) {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === quote) return i + 1;
    else if (quote === '`' && text[i] === '$' && text[i + 1] === '{') return i + 2;
    else if (quote !== '`' && text[i] === '\n') return i;
  }
  return text.length;
}

/** Where the regular expression that opens at `from` ends, flags included. @param {string} text @param {number} from */
function regexEnd(text, from) {
  let set = false;
  for (let i = from + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') set = true;
    else if (text[i] === ']') set = false;
    else if (text[i] === '/' && !set) return i + 1 + (/^[a-z]*/.exec(text.slice(i + 1))?.[0].length ?? 0);
  }
  return from + 1;
}

/** @param {string} text @returns {Scan} */
export function scan(text) {
  let code = '';
  let uncommented = '';
  /** Depth of braces inside each open `${`. @type {number[]} */
  const templates = [];
  let i = 0;
  /** @param {number} end @param {boolean} comment */
  const skip = (end, comment) => {
    const piece = text.slice(i, end);
    code += comment || piece.length < 3 ? blank(piece) : piece[0] + blank(piece.slice(1, -1)) + piece.at(-1);
    uncommented += comment ? blank(piece) : piece;
    i = end;
  };
  while (i < text.length) {
    const char = text[i] ?? '';
    const next = text[i + 1];
    if (char === '/' && next === '/') skip(text.indexOf('\n', i) < 0 ? text.length : text.indexOf('\n', i), true);
    else if (char === '/' && next === '*')
      skip(text.indexOf('*/', i + 2) < 0 ? text.length : text.indexOf('*/', i + 2) + 2, true);
    else if (char === "'" || char === '"') skip(stringEnd(text, i + 1, char), false);
    else if (char === '`') {
      skip(stringEnd(text, i + 1, '`'), false);
      if (uncommented.endsWith('${')) templates.push(0);
    } else if (char === '}' && templates.at(-1) === 0) {
      templates.pop();
      skip(stringEnd(text, i + 1, '`'), false);
      if (uncommented.endsWith('${')) templates.push(0);
    } else if (char === '/' && REGEX_BEFORE.test(code.slice(-40))) skip(regexEnd(text, i), false);
    else {
      if (templates.length > 0 && char === '{') templates[templates.length - 1] = (templates.at(-1) ?? 0) + 1;
      if (templates.length > 0 && char === '}') templates[templates.length - 1] = (templates.at(-1) ?? 0) - 1;
      code += char;
      uncommented += char;
      i++;
    }
  }
  return { code, uncommented };
}

/** Number of the line that holds position `at`. @param {string} text @param {number} at */
export function lineAt(text, at) {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

/** True when the clause between `import`/`export` and `from` leaves nothing at run time. @param {string} clause */
function onlyTypes(clause) {
  if (/^\s*type\b(?!\s*(?:,|from\b))/.test(clause)) return true;
  const named = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1];
  const names = named?.split(',').filter((name) => name.trim() !== '') ?? [];
  return names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
}

/**
 * Everything a file imports, types included.
 * @param {string} text @param {Scan} [scanned]
 * @returns {{ imports: Import[], unknowable: number[] }} `unknowable`: lines where the name is computed
 */
export function importsOf(text, scanned = scan(text)) {
  const { code, uncommented } = scanned;
  /** @type {Import[]} */
  const imports = [];
  /** @type {number[]} */
  const unknowable = [];
  /** @param {RegExp} pattern @param {(match: RegExpExecArray) => void} found */
  const each = (pattern, found) => {
    for (const match of uncommented.matchAll(pattern)) if (code[match.index] === uncommented[match.index]) found(match);
  };
  each(/\b(?:import|export)\b(?!\s*\()([^;'"`()=]*?)\bfrom\s*(['"])([^'"\n]+)\2/g, (m) =>
    imports.push({ target: m[3] ?? '', line: lineAt(text, m.index), type: onlyTypes(m[1] ?? ''), how: 'static' }),
  );
  each(/\bimport\s*(['"])([^'"\n]+)\1/g, (m) =>
    imports.push({ target: m[2] ?? '', line: lineAt(text, m.index), type: false, how: 'static' }),
  );
  each(/(\btypeof\s+)?(?<![.\w$])(?:import|require)\s*\(\s*(?:(['"`])([^'"`\n$]+)\2\s*[,)])?/g, (m) => {
    const line = lineAt(text, m.index);
    if (m[3] === undefined) unknowable.push(line);
    else imports.push({ target: m[3], line, type: m[1] !== undefined, how: 'dynamic' });
  });
  each(/\bgetBuiltinModule\s*(?:\?\.)?\(\s*(?:(['"`])([^'"`\n$]+)\1\s*,?\s*\))?/g, (m) => {
    const line = lineAt(text, m.index);
    if (m[2] === undefined) unknowable.push(line);
    else imports.push({ target: m[2], line, type: false, how: 'builtin' });
  });
  return { imports: imports.sort((a, b) => a.line - b.line), unknowable: unknowable.sort((a, b) => a - b) };
}

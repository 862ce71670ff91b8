const SPECIAL_IN_WILDCARD = /[*?[]/;
const SPECIAL_IN_EXPRESSION = /[$()*+.?[\]^{}|]/;

const fs = (): typeof import('node:fs') => process.getBuiltinModule('node:fs');

/** How a pattern is meant. */
export type PatternKind = 'expression' | 'wildcard' | 'fixed';

/** The content of a file, null when there is none that can be read. */
export function fileBytes(path: string): Buffer | null {
  try {
    return fs().readFileSync(path);
  } catch {
    return null;
  }
}

/**
 * Paths of the files that fit, in the order of their names. What comes before the first folder with a special character is looked
 * through with all folders below it; a pattern has to fit the whole path. A pattern that is itself the path of a file is that file.
 */
export function filesFitting(pattern: string, kind: PatternKind): string[] {
  const slashed = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  const special = kind === 'wildcard' ? SPECIAL_IN_WILDCARD : SPECIAL_IN_EXPRESSION;
  if (kind === 'fixed' || isFile(slashed)) return isFile(slashed) ? [slashed] : [];
  const at = slashed.search(special);
  const folder = slashed.slice(0, slashed.lastIndexOf('/', at < 0 ? undefined : at) + 1);
  const fits = new RegExp(`^(?:${kind === 'wildcard' ? expressionOf(slashed) : slashed})$`);
  return below(folder).filter((path) => fits.test(path) && isFile(path));
}

function isFile(path: string): boolean {
  return fs().statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function below(folder: string): string[] {
  try {
    const names = fs().readdirSync(folder === '' ? '.' : folder, { recursive: true, encoding: 'utf8' });
    return names.map((name) => folder + (process.platform === 'win32' ? name.replaceAll('\\', '/') : name)).sort();
  } catch {
    return [];
  }
}

/** `*` and `?` stand for what is not a slash, `[…]` for one of its characters, `[!…]` for any other. */
function expressionOf(wildcard: string): string {
  return wildcard.replace(/\[!?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return `[${part.slice(1, -1).replace(/^!/, '^').replace(/\\/g, '\\\\')}]`;
    return part.replace(/[$()*+.?[\\\]^{}|]/, '\\$&');
  });
}

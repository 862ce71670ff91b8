type Hints = typeof import('./hint.ts');

let hints: Hints | null | undefined;

/**
 * hint.ts. Its words are twenty kilobytes that most programs never read, so they are a file of their own, loaded by the first call. In the package
 * it lies beside all other files; who runs from sources has the built one. null where it is not to be found, such as in a bundle.
 */
export function lateHints(): Hints | null {
  if (hints !== undefined) return hints;
  try {
    const { url } = import.meta;
    const file = url.endsWith('.ts') ? '../../../dist/hints.cjs' : './hints.cjs';
    hints = process.getBuiltinModule('node:module').createRequire(url)(file) as Hints;
  } catch {
    hints = null;
  }
  return hints;
}

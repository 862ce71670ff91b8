/** A test for each member of a class: it passes, and fails when that member does nothing. `q` is the package, maybe with the member disabled. */
export type MemberTests = Readonly<Record<string, (q: typeof import('../../src/index.ts')) => void | Promise<void>>>;

/** What of the machine tells whom it trusts. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, '' when it cannot be read. */
  text(path: string): string;
  /** Paths of what is in a folder; none when it cannot be read. */
  list(folder: string): string[];
  /** What a program writes, '' when it fails or takes too long. */
  output(program: string, args: readonly string[]): string;
}

const LONGEST_MS = 10_000;
const LARGEST = 16 * 1_048_576;

/** This one. */
export function here(): Machine {
  const fs = process.getBuiltinModule('node:fs');
  return {
    platform: process.platform,
    env: process.env,
    text: (path) => or('', () => (fs.statSync(path).size > LARGEST ? '' : fs.readFileSync(path, 'latin1'))),
    list: (folder) =>
      or([], () => fs.readdirSync(folder).map((name) => process.getBuiltinModule('node:path').join(folder, name))),
    output: (program, args) => or('', () => run(program, args)),
  };
}

function run(program: string, args: readonly string[]): string {
  return process.getBuiltinModule('node:child_process').execFileSync(program, [...args], {
    encoding: 'latin1',
    timeout: LONGEST_MS,
    maxBuffer: LARGEST,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
}

function or<T>(otherwise: T, attempt: () => T): T {
  try {
    return attempt();
  } catch {
    return otherwise;
  }
}

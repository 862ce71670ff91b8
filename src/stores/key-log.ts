/**
 * Appends lines to a file for its owner alone. It is opened with the first line. One that cannot be used is no trouble of the connection: a
 * warning of Node.js says so, once, with the code `QNETWORK_KEY_LOG`.
 */
export function appendingTo(path: string): (line: string) => void {
  const fs = process.getBuiltinModule('node:fs');
  let file: number | null = null;
  let broken = false;
  return (line) => {
    if (broken) return;
    try {
      file ??= fs.openSync(path, 'a', 0o600);
      // one write, so that lines of several processes stay whole
      fs.writeSync(file, `${line}\n`);
    } catch (error) {
      broken = true;
      const { code, message } = error as NodeJS.ErrnoException;
      process.emitWarning(`the key log ${path} cannot be written (${code ?? message}); no keys are kept.`, {
        code: 'QNETWORK_KEY_LOG',
      });
    }
  };
}

/**
 * Makes a folder and those above it that are missing, for nobody else to look into. A folder that is there stays as it is. Throws what the
 * system says. Node.js has an option for this, which tries for ever where the system keeps saying that there is no such place (`/proc/x`).
 */
export function makeFolder(path: string): void {
  const fs = process.getBuiltinModule('node:fs');
  if (tryMake(path)) return;
  const above = process.getBuiltinModule('node:path').dirname(path);
  if (above !== path) makeFolder(above);
  if (!tryMake(path)) fs.mkdirSync(path);
}

/** False when something above it is missing. */
function tryMake(path: string): boolean {
  const fs = process.getBuiltinModule('node:fs');
  try {
    fs.mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && fs.statSync(path).isDirectory()) return true;
    if (code === 'ENOENT') return false;
    throw error;
  }
}

import { randomToken } from '../../base/clock.ts';

/** Writes a file piece by piece beside its place, and moves it there when it is complete: nobody ever sees a part of it. */
export async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
  const fs = process.getBuiltinModule('node:fs').promises;
  const draft = `${path}.${randomToken().slice(0, 8)}.part`;
  try {
    const file = await fs.open(draft, 'wx', 0o600);
    try {
      await fs.writeFile(file, pieces);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(draft, path);
  } catch (error) {
    await fs.rm(draft, { force: true });
    throw error;
  }
}

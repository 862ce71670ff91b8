import type { Har, HarError } from '../../har/format.ts';
import { parseHar } from '../../har/read.ts';
import { readWhole } from '../inspect/read-whole.ts';
import type { Task } from '../inspect/task.ts';
import { LocalFileError } from '../local-file.ts';

/** The HAR of a file. Throws a LocalFileError for what cannot be read, or is none. */
export async function harOf(task: Task, path: string): Promise<Har> {
  const bytes = await readWhole(path, task.stdin);
  try {
    return parseHar(bytes);
  } catch (error) {
    throw new LocalFileError('use', path, error as HarError);
  }
}

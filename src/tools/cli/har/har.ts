import type { Action, Task } from '../inspect/task.ts';
import { diff, show } from './look.ts';
import { record } from './record.ts';

export const actions: Readonly<Record<string, Action>> = {
  record,
  show,
  diff,
  // the only one that serves others
  replay: async (task: Task) => (await import('./replay.ts')).replay(task),
};

import type { Job } from '../group-args.ts';
import type { GroupName } from '../groups.ts';
import { type Action, type Around, Task } from './task.ts';

/** Each group is loaded when it is used. */
const GROUPS: Readonly<Record<GroupName, () => Promise<{ readonly actions: Readonly<Record<string, Action>> }>>> = {
  cache: () => import('./cache.ts'),
  cookies: () => import('./cookies.ts'),
  doctor: () => import('../doctor/doctor.ts'),
  har: () => import('../har/har.ts'),
  hsts: () => import('./hsts.ts'),
  inspect: () => import('../live/inspect.ts'),
  proxy: () => import('./proxy.ts'),
  rcc: () => import('../resources/rcc.ts'),
};

/** Does what a command line about a subject says, and returns the exit code. Throws a UsageError or a LocalFileError. */
export async function inspect(job: Job, around: Around): Promise<number> {
  const { actions } = await GROUPS[job.group.name]();
  return actions[job.action.name]!(new Task(job, around));
}

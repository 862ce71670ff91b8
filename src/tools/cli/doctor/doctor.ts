import type { DiagnoseOptions } from '../../doctor/diagnosis.ts';
import type { StorePlan } from '../args.ts';
import { EXIT_DIFFERS, EXIT_OK } from '../exit-codes.ts';
import type { Action, Task } from '../inspect/task.ts';
import { UsageError } from '../usage-error.ts';

export const actions: Readonly<Record<string, Action>> = { '': doctor };

/** Says what is wrong with each URL. The exit code is 1 when one of them does not work. */
async function doctor(task: Task): Promise<number> {
  const [api, { diagnose }, { diagnosisText }, { managerFor }, { Remembering }, { setProxy }] = await Promise.all([
    import('../../../index.ts'),
    import('../../doctor/diagnose.ts'),
    import('../../doctor/text.ts'),
    import('../trusting.ts'),
    import('../remembering.ts'),
    import('../proxying.ts'),
  ]);
  const urls = task.words.map(urlOf);
  const caFile = task.value('cacert');
  const manager = managerFor(api, { systemTrust: task.has('system-trust'), ...(caFile === undefined ? {} : { caFile }) });
  const proxy = task.value('proxy');
  setProxy(api, manager, task.has('no-proxy') ? 'none' : proxy === undefined ? 'system' : { url: proxy });
  // looked at and not written: `keep` is not called
  new Remembering(api, manager, storesOf(task));
  const options: DiagnoseOptions = { manager, trials: !task.has('no-trials'), ...timeoutOf(task) };
  let exit = EXIT_OK;
  for (const [i, url] of urls.entries()) {
    const diagnosis = await diagnose(url, options, task.clock);
    if (!diagnosis.works) exit = EXIT_DIFFERS;
    if (task.has('json')) task.out.json(diagnosis);
    else for (const line of `${i > 0 ? '\n' : ''}${diagnosisText(diagnosis)}`.split('\n')) task.out.line(line);
  }
  await manager.close();
  return exit;
}

/** As in a browser's address line, a host alone is one of http. */
function urlOf(word: string): string {
  return word.includes('://') ? word : `http://${word}`;
}

function storesOf(task: Task): StorePlan {
  const [cookieJar, cache] = [task.value('cookie-jar'), task.value('cache')];
  return {
    ...(cookieJar === undefined ? {} : { cookieJar }),
    ...(cache === undefined ? {} : { cache }),
    ...(task.has('hsts') ? { hsts: '' } : {}),
  };
}

function timeoutOf(task: Task): { timeout: number } | undefined {
  const text = task.value('timeout');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3600)) throw new UsageError(`--timeout is a number of seconds up to 3600; got '${text}'`);
  return { timeout: Math.ceil(seconds * 1000) };
}

import { HarAnswers } from '../../har/answers.ts';
import { EXIT_OK } from '../exit-codes.ts';
import type { Task } from '../inspect/task.ts';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';
import { harOf } from './read.ts';
import { serveHar } from './server.ts';

/** Answers from a file until it is interrupted. */
export async function replay(task: Task): Promise<number> {
  const [path] = task.words as [string];
  const har = await harOf(task, path);
  const first = har.log.entries[0];
  if (first === undefined) throw new LocalFileError('use', path, new Error('it has no entries'));
  const origin = originOf(task.value('origin') ?? first.request.url);
  const answers = new HarAnswers(har, {
    match: task.has('fuzzy') ? 'fuzzy' : 'strict',
    ignore: task.values('ignore'),
    repeat: !task.has('once'),
  });
  const server = await serveHar(answers, { origin, port: portOf(task), clock: task.clock, slow: task.has('slow') }).catch(
    (error: unknown) => {
      throw new LocalFileError('listen on', `port ${portOf(task)}`, error);
    },
  );
  // before anybody knows that it is there: who starts it may end it at once
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  task.out.line(`http://127.0.0.1:${server.port} answers for ${origin} from ${path}, ${har.log.entries.length} entries`);
  await interrupted;
  await server.close();
  return EXIT_OK;
}

function originOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new UsageError('--origin is an http or https URL');
  return new URL(text).origin;
}

function portOf(task: Task): number {
  const text = task.value('port') ?? '0';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port is a number up to 65535; got '${text}'`);
  return port;
}

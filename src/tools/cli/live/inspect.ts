import type { QNetworkAccessManager, QUrl } from '../../../index.ts';
import { startInspector } from '../../inspector/start.ts';
import { EXIT_OK } from '../exit-codes.ts';
import type { Action, Task } from '../inspect/task.ts';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';

/** Fetches, shows what happens, and stays until it is interrupted. */
async function inspect(task: Task): Promise<number> {
  const port = numberOf(task, 'port', 65_535) ?? 0;
  const every = numberOf(task, 'every', 86_400);
  const { QNetworkAccessManager, QNetworkProxyFactory, QUrl } = await import('../../../index.ts');
  QNetworkProxyFactory.setUseSystemConfiguration(true);
  const urls = task.words.map((word) => {
    const url = QUrl.fromUserInput(word);
    if (url.isValid() && /^https?$/.test(url.scheme())) return url;
    throw new UsageError(`'${word.replace(/^.*@/s, '…@')}' is no http or https URL`);
  });
  const manager = new QNetworkAccessManager();
  const inspector = await startInspector(manager, { port, title: 'qnam inspect', keepsProcess: true }).catch((error: unknown) => {
    throw new LocalFileError('listen on', `port ${port}`, error);
  });
  task.out.line(inspector.url);
  task.out.aside('The address opens once. Ctrl-C ends.');
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  let ended = false;
  void keepFetching(
    manager,
    urls,
    every === undefined ? null : (again) => void task.clock.after(every * 1000, again),
    () => ended,
  );
  await interrupted;
  ended = true;
  await inspector.close();
  await manager.close();
  return EXIT_OK;
}

/** Fetches all of them, and again whenever it is time. */
async function keepFetching(
  manager: QNetworkAccessManager,
  urls: readonly QUrl[],
  later: ((again: () => void) => void) | null,
  ended: () => boolean,
): Promise<void> {
  await Promise.all(
    urls.map((url) => {
      const reply = manager.get(url);
      // nobody reads it; the page has its own
      reply.readyRead.connect(() => reply.readAll());
      return reply.whenFinished();
    }),
  );
  if (!ended()) later?.(() => void keepFetching(manager, urls, later, ended));
}

function numberOf(task: Task, name: string, most: number): number | undefined {
  const text = task.value(name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) > most) throw new UsageError(`--${name} is a number up to ${most}; got '${text}'`);
  return Number(text);
}

export const actions: Readonly<Record<string, Action>> = { '': inspect };

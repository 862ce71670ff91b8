import { hideInText } from '../../../base/redaction.ts';
import type { QNetworkReply } from '../../../index.ts';
import { HarRecording } from '../../har/record.ts';
import { EXIT_OK, exitCodeFor } from '../exit-codes.ts';
import type { Task } from '../inspect/task.ts';
import { LocalFileError } from '../local-file.ts';
import { UsageError } from '../usage-error.ts';

/** Fetches each URL and writes down what happened. */
export async function record(task: Task): Promise<number> {
  const path = task.value('output');
  if (path === undefined) throw new UsageError('har record needs a file to write to', 'qnam har record URL… -o FILE');
  const { QNetworkAccessManager, QNetworkProxyFactory, QUrl } = await import('../../../index.ts');
  QNetworkProxyFactory.setUseSystemConfiguration(true);
  const urls = task.words.map((word) => {
    const url = QUrl.fromUserInput(word);
    if (!url.isValid() || !/^https?$/.test(url.scheme()))
      throw new UsageError(`'${word.replace(/^.*@/s, '…@')}' is no http or https URL`);
    return url;
  });
  const manager = new QNetworkAccessManager();
  const recording = new HarRecording(manager, { secrets: task.has('secrets') }, task.clock);
  let exit = EXIT_OK;
  for (const url of urls) {
    const reply = manager.get(url);
    // nobody reads it; the recording has its own
    reply.readyRead.connect(() => reply.readAll());
    await reply.whenFinished();
    tell(task, reply);
    if (exit === EXIT_OK) exit = exitCodeFor(reply.error(), reply.status());
  }
  await manager.close();
  recording.stop();
  try {
    await recording.save(path);
  } catch (error) {
    throw new LocalFileError('write', path, error);
  }
  task.out.aside(`${recording.count} ${recording.count === 1 ? 'entry' : 'entries'} in ${path}`);
  return exit;
}

function tell(task: Task, reply: QNetworkReply): void {
  const url = reply.url();
  url.setUserInfo('');
  const outcome = reply.status() > 0 ? String(reply.status()) : reply.errorString();
  task.out.line(`${outcome}  ${hideInText(url.toString())}`);
}

import { hideInText } from '../../../base/redaction.ts';
import { diffHar } from '../../har/diff.ts';
import type { HarEntry } from '../../har/format.ts';
import { EXIT_DIFFERS, EXIT_OK } from '../exit-codes.ts';
import type { Task } from '../inspect/task.ts';
import { formatBytes, formatDuration } from '../units.ts';
import { harOf } from './read.ts';
import { waterfall } from './waterfall.ts';

/** Columns of the picture. */
const PICTURE = 32;

/** What differs between two files. */
export async function diff(task: Task): Promise<number> {
  const [before, after] = task.words as [string, string];
  const found = diffHar(await harOf(task, before), await harOf(task, after), {
    match: task.has('fuzzy') ? 'fuzzy' : 'strict',
    ignore: task.values('ignore'),
  });
  for (const difference of found.differences) {
    if (task.has('json')) task.out.json(difference);
    else task.out.line(difference.text);
  }
  if (found.same && !task.has('json')) task.out.aside('No differences');
  return found.same ? EXIT_OK : EXIT_DIFFERS;
}

/** The requests of a file, and when what happened. */
export async function show(task: Task): Promise<number> {
  const { log } = await harOf(task, task.words[0]!);
  if (task.has('json')) {
    for (const { request, response, time, startedDateTime, timings } of log.entries)
      task.out.json({
        started: startedDateTime,
        method: request.method,
        url: hideInText(request.url),
        status: response.status,
        time,
        timings,
      });
    return EXIT_OK;
  }
  // one by one: there may be more of them than a call takes arguments
  const begin = log.entries.reduce((first, entry) => Math.min(first, startOf(entry)), Number.POSITIVE_INFINITY);
  const end = log.entries.reduce((last, entry) => Math.max(last, startOf(entry) + (entry.time ?? 0)), begin);
  const rows = log.entries.map((entry) => [
    entry._failure === undefined ? String(entry.response.status) : entry._failure.kind,
    entry.request.method,
    hideInText(entry.request.url),
    formatBytes(Math.max(0, entry.response.content?.size ?? 0)),
    formatDuration(Math.max(0, entry.time ?? 0)),
    waterfall(entry, startOf(entry) - begin, end - begin, PICTURE),
  ]);
  if (rows.length > 0) task.out.table(COLUMNS, rows);
  const total = log.entries.reduce((sum, { response }) => sum + Math.max(0, response.content?.size ?? 0), 0);
  const count = `${rows.length} ${rows.length === 1 ? 'entry' : 'entries'}`;
  task.out.aside(
    rows.length === 0 ? 'No entries' : `${count}, ${formatBytes(total)} in ${formatDuration(end - begin)}. ${LEGEND}`,
  );
  return EXIT_OK;
}

const COLUMNS = [
  { head: 'STATUS' },
  { head: 'METHOD' },
  { head: 'URL', shrinks: 20 },
  { head: 'SIZE', right: true },
  { head: 'TIME', right: true },
  { head: 'WHEN' },
] as const;

const LEGEND = '· waits for a connection, - connects, = waits for the answer, # receives';

function startOf({ startedDateTime }: HarEntry): number {
  const at = Date.parse(startedDateTime);
  return Number.isNaN(at) ? 0 : at;
}

// One line for each request, told by the signals of its reply.
import { bytes, columns, cut, frame, keepFrame, live, paint, print, time } from './screen.mjs';

/** Shows requests while they run: in a terminal a bar each, elsewhere a line whenever one has finished. */
export class Bars {
  #rows = [];
  #timer = live ? setInterval(() => this.#draw(), 60) : null;
  #start = performance.now();

  /** Listens to everything that is drawn. `errorName` turns a number into Qt's name. */
  follow(label, reply, errorName) {
    const row = { label, state: 'queued', done: 0, total: -1, up: false, result: '', at: performance.now(), from: 0, ended: 0 };
    this.#rows.push(row);
    reply.socketStartedConnecting.connect(() => {
      row.state = 'connecting';
    });
    reply.requestSent.connect(() => {
      row.state = 'waiting';
    });
    reply.uploadProgress.connect((sent, total) => {
      if (row.state !== 'receiving' && total > 0) Object.assign(row, { up: true, done: sent, total });
    });
    reply.metaDataChanged.connect(() => {
      row.state = 'receiving';
      row.from = performance.now();
    });
    reply.downloadProgress.connect((received, total) => {
      // What was sent is more telling than the few bytes of the answer to it.
      if (!row.up) Object.assign(row, { done: received, total });
    });
    reply.finished.connect(() => {
      row.state = reply.ok() ? 'done' : 'failed';
      row.ended = performance.now();
      const status = reply.status();
      row.result = reply.ok() ? String(status) : errorName(reply.error());
      if (!live) print(`${time(row.ended - this.#start).padStart(8)}  ${cut(label, 20)} ${row.result}  ${bytes(row.done)}`);
    });
  }

  /** Draws for the last time; the lines stay. */
  end() {
    if (!live) return;
    clearInterval(this.#timer);
    this.#draw();
    keepFrame();
  }

  #draw() {
    frame(this.#rows.map((row) => this.#line(row)));
  }

  #line(row) {
    const width = Math.min(40, columns() - 58);
    const spent = (row.ended || performance.now()) - row.at;
    return ` ${MARKS[row.state](row)} ${cut(row.label, 20)} ${track(row, width, spent)} ${bytes(row.done).padStart(9)} ${tail(row, spent)}`;
  }
}

const MARKS = {
  queued: () => paint.dim('·'),
  connecting: () => paint.yellow('○'),
  waiting: (row) => (row.up ? paint.cyan('↑') : paint.blue('◌')),
  receiving: () => paint.green('↓'),
  done: () => paint.green('✓'),
  failed: () => paint.red('✗'),
};

function track(row, width, spent) {
  if (row.state === 'queued') return paint.dim('─'.repeat(width));
  const colour = row.state === 'failed' ? paint.red : row.up ? paint.cyan : paint.green;
  if (row.state === 'done') return colour('━'.repeat(width));
  if (row.total > 0) {
    const filled = Math.min(width, Math.round((row.done / row.total) * width));
    return colour('━'.repeat(filled)) + paint.dim('─'.repeat(width - filled));
  }
  if (row.state === 'failed' || row.state !== 'receiving') return paint.dim('─'.repeat(width));
  // The size is unknown: a mark that wanders while bytes come.
  const at = Math.floor(spent / 50) % (width - 4);
  return paint.dim('─'.repeat(at)) + colour('━━━━') + paint.dim('─'.repeat(width - 4 - at));
}

function tail(row, spent) {
  if (row.state === 'failed') return paint.red(row.result);
  if (row.state === 'done') return `${row.result} ${paint.dim(time(spent))}`;
  const moving = performance.now() - row.from;
  if (row.state === 'receiving' && moving > 100) return paint.dim(`${bytes(Math.round((row.done / moving) * 1000))}/s`);
  return paint.dim(row.up && row.done < row.total ? 'sending' : row.state);
}

import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../contract/clock.ts';
import type { RouteView } from '../../contract/pool-view.ts';
import { poolData, rowData } from './encode.ts';
import type { Beginning, Message, RowData } from './page/protocol.ts';
import type { Watch } from './watch.ts';

/** Milliseconds between two messages. */
const PACE = 500;
/** Rows of one message to a page that catches up. */
const PIECE = 2000;
/** Bytes that a page has not taken, from which on it is told nothing more until it has: it may sleep in the background for hours. */
const MOST_PENDING = 4_194_304;
const MOST_PAGES = 32;
/** Messages after which silence is broken, so that a page which is gone is noticed. */
const SILENCE = 50;

const LIVE = Number.POSITIVE_INFINITY;
const ASLEEP = -1;

export interface FeedParts {
  readonly watch: Watch;
  readonly clock: Clock;
  readonly beginning: Beginning;
  /** When the inspector began, on the clock. */
  readonly began: number;
  readonly secretNames: readonly string[];
  pools(): readonly RouteView[];
}

interface Page {
  readonly response: ServerResponse;
  /** Rows below this were told; LIVE = all are, and changes follow as they come; ASLEEP = it has not taken what it was told. */
  told: number;
}

/** Tells pages what happens, in batches; while there is none, nothing is done. */
export class Feed {
  private readonly parts: FeedParts;
  private readonly pages = new Set<Page>();
  private timer: Timer | null = null;
  private lastPools = '';
  private quiet = 0;

  constructor(parts: FeedParts) {
    this.parts = parts;
  }

  /** A page that wants to hear everything from now on. `from`: it knows the rows below; null = none. False = there are too many pages. */
  add(response: ServerResponse, from: number | null): boolean {
    const { watch } = this.parts;
    if (this.pages.size >= MOST_PAGES) return false;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const page: Page = { response, told: Math.min(from ?? 0, watch.next) };
    this.pages.add(page);
    response.once('close', () => this.remove(page));
    watch.looked = true;
    this.lastPools = '';
    if (from === null) this.restart(page);
    else this.tell(page, this.message([]));
    this.schedule();
    return true;
  }

  /** The rows were forgotten. */
  cleared(): void {
    for (const page of this.pages) if (page.told !== ASLEEP) this.restart(page);
  }

  close(): void {
    for (const page of [...this.pages]) {
      this.remove(page);
      page.response.end();
    }
  }

  private remove(page: Page): void {
    this.pages.delete(page);
    if (this.pages.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
    this.parts.watch.looked = false;
    this.parts.watch.takeChanges();
  }

  private restart(page: Page): void {
    page.told = this.parts.watch.first;
    this.lastPools = '';
    this.tell(page, { ...this.message([]), reset: this.parts.beginning });
  }

  private schedule(): void {
    this.timer ??= this.parts.clock.after(PACE, () => this.tick());
  }

  private tick(): void {
    this.timer = null;
    const { watch, began, secretNames } = this.parts;
    const pools = this.parts.pools();
    for (const { waiting } of pools) for (const hop of waiting) watch.seen(hop);
    const shown = JSON.stringify(pools.map(poolData));
    const news = shown === this.lastPools ? '' : `,"pools":${shown}`;
    this.lastPools = shown;
    const changed = watch.takeChanges();
    const rows = changed.map((row) => rowData(row, began, secretNames));
    const behind = [...this.pages].some((page) => page.told !== LIVE && !isFull(page));
    this.quiet = rows.length > 0 || news !== '' || behind ? 0 : (this.quiet + 1) % SILENCE;
    if (this.quiet === 0) this.send(rows, news);
    if (this.pages.size > 0) this.schedule();
  }

  private send(rows: readonly RowData[], news: string): void {
    // one text for all that hear the same
    const text = withPools(JSON.stringify(this.message(rows)), news);
    for (const page of this.pages) {
      if (isFull(page)) page.told = ASLEEP;
      else if (page.told === ASLEEP) this.restart(page);
      else if (page.told === LIVE) this.write(page, text);
      else {
        const known = rows.filter(([id]) => id < page.told);
        this.write(page, withPools(JSON.stringify(this.message([...known, ...this.missing(page)])), news));
      }
    }
  }

  /** The next rows that the page has not heard of. */
  private missing(page: Page): RowData[] {
    const { watch, began, secretNames } = this.parts;
    const rows: RowData[] = [];
    let id = Math.max(page.told, watch.first);
    for (; id < watch.next && rows.length < PIECE; id++) rows.push(rowData(watch.row(id)!, began, secretNames));
    page.told = id === watch.next ? LIVE : id;
    return rows;
  }

  private message(rows: readonly RowData[]): Message {
    const { watch, clock, began } = this.parts;
    return { now: Math.round((clock.now() - began) * 1000), first: watch.first, dropped: watch.dropped, rows };
  }

  private tell(page: Page, message: Message): void {
    this.write(page, JSON.stringify(message));
  }

  private write(page: Page, text: string): void {
    page.response.write(`data: ${text}\n\n`);
  }
}

/** A page that was asleep has to take all of it, or it would be told everything anew again and again. */
function isFull({ response, told }: Page): boolean {
  return response.writableLength > (told === ASLEEP ? 0 : MOST_PENDING);
}

function withPools(message: string, news: string): string {
  return news === '' ? message : `${message.slice(0, -1)}${news}}`;
}

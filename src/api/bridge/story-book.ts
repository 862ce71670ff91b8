import type { NetLogEvent } from '../../contract/netlog.ts';
import type { Engine, Transfer } from '../../engine/assembly.ts';

/** Requests whose entries are kept; the oldest go first. */
const MOST_REQUESTS = 1000;
/** Entries that are kept of one request. */
const MOST_ENTRIES = 1000;

/** The entries of the netlog by request, kept so that stories can be told later. */
class StoryBook {
  private readonly byTransfer = new Map<number, NetLogEvent[]>();

  add(event: NetLogEvent): void {
    const known = this.byTransfer.get(event.transfer);
    if (known !== undefined) {
      // the end has to be in it
      if (known.length === MOST_ENTRIES) known.pop();
      known.push(event);
      return;
    }
    // of what was under way before, the beginning is not known
    if (event.what !== 'made') return;
    this.byTransfer.set(event.transfer, [event]);
    if (this.byTransfer.size > MOST_REQUESTS) this.byTransfer.delete(this.byTransfer.keys().next().value!);
  }

  of(transfer: number): readonly NetLogEvent[] | null {
    return this.byTransfer.get(transfer) ?? null;
  }
}

const books = new WeakMap<Engine, { readonly book: StoryBook; readonly stop: () => void }>();

/** Keeps what is told of an engine's requests from now on, or no more. */
export function keepStories(engine: Engine, keep: boolean): void {
  const known = books.get(engine);
  if (keep === (known !== undefined)) return;
  if (known !== undefined) {
    known.stop();
    books.delete(engine);
    return;
  }
  const book = new StoryBook();
  books.set(engine, { book, stop: engine.listen((event) => book.add(event)) });
}

export function keepsStories(engine: Engine): boolean {
  return books.has(engine);
}

/** What was told of a transfer; null = nothing was kept. */
export function toldOf(engine: Engine, { id }: Transfer): readonly NetLogEvent[] | null {
  return books.get(engine)?.book.of(id) ?? null;
}

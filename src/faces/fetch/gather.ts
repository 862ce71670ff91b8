import { afterTurn } from '../../base/clock.ts';
import { BytesBody } from '../../bodies/bytes-body.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import { readerBody, type TypedBody } from './init-body.ts';

/** What comes within one turn of the event loop is at hand; more than this is streamed all the same. */
const MOST_GATHERED = 1_048_576;

type Step = { readonly done: boolean; readonly value?: unknown };

/**
 * The body of a Request. It is a stream, whatever it was made of, and its length is not told: text and bytes are here at once, and are
 * sent with their length; what lets wait is streamed.
 */
export async function gatherOrStream(stream: ReadableStream): Promise<TypedBody> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  const late = new Promise<null>((resolve) => afterTurn(() => resolve(null)));
  let step = reader.read();
  for (;;) {
    const result: Step | null = await Promise.race([step, late]).catch(() => null);
    if (result === null || size > MOST_GATHERED || !(result.done || result.value instanceof Uint8Array)) break;
    if (result.done) return { body: new BytesBody(Buffer.concat(pieces)), type: null, streams: false };
    pieces.push(result.value as Uint8Array);
    size += (result.value as Uint8Array).length;
    step = reader.read();
  }
  step.catch(() => {});
  const body = new BegunBody(pieces, step, reader);
  return { body, type: null, streams: true, abandon: () => body.release() };
}

/** A stream whose beginning was read. */
class BegunBody implements Body {
  readonly bytes = null;
  readonly length = -1;
  private readonly next: () => Promise<Step>;
  private readonly reader: ReadableStreamDefaultReader<unknown>;
  private opened = false;

  constructor(pieces: Uint8Array[], step: Promise<Step>, reader: ReadableStreamDefaultReader<unknown>) {
    let pending: Promise<Step> | null = step;
    this.reader = reader;
    this.next = () => {
      const piece = pieces.shift();
      if (piece !== undefined) return Promise.resolve({ done: false, value: piece });
      const first = pending;
      pending = null;
      return first ?? reader.read();
    };
  }

  get replayable(): boolean {
    return !this.opened;
  }

  open(): BodyReader {
    this.opened = true;
    return readerBody(this.next, () => this.reader.cancel());
  }

  release(): void {
    if (!this.opened) this.open().close();
  }
}

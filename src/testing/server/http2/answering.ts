import { DATA, END_HEADERS, END_STREAM, HEADERS, RST_STREAM } from '../../../wire/h2/frames.ts';
import { NO_ERROR, REFUSED_STREAM } from '../../../wire/h2/stream-failure.ts';
import type { TestAnswer, TestEnding } from '../answer.ts';
import { endingOf, fieldsOf, isBare, lengthOf, piecesOf } from '../answer-steps.ts';
import type { Choice } from '../desk.ts';
import { drained } from '../drained.ts';
import { GAP_BEFORE_RESET } from '../http1.ts';
import { INTERNAL_ERROR, u32 } from './frames.ts';
import { blockOf, type Field } from './hpack.ts';
import type { Http2Peer } from './peer.ts';
import type { Http2Stream } from './stream.ts';

/** What is about the connection has no place in HTTP/2 (RFC 9113 8.2.2). */
const LEFT_OUT: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** Bytes of HTTP/1. */
const NOT_HERE = ['raw', 'before', 'atHead'] as const;

/** One answer over HTTP/2. */
export class Answering {
  readonly #peer: Http2Peer;
  readonly #stream: Http2Stream;

  constructor(peer: Http2Peer, stream: Http2Stream) {
    this.#peer = peer;
    this.#stream = stream;
  }

  async run(choice: Choice): Promise<void> {
    const stream = this.#stream;
    const decided = typeof choice === 'function';
    stream.reads = decided ? this.#peer.desk.reads : (choice.reads ?? this.#peer.desk.reads);
    if (decided || choice.early !== true) {
      await stream.ended;
      await stream.paid;
    }
    if (stream.gone) return;
    const answer = decided ? await choice() : choice;
    const how = await this.#reply(answer);
    if (how === 'reset') await this.#reset(answer);
    else if (how === 'close') await this.#close(answer);
    else if (how === 'keep') await this.#leave(answer);
  }

  /** The rest of a request that was answered early may come, or nobody wants it (RFC 9113 8.1). */
  async #leave({ drain = true }: TestAnswer): Promise<void> {
    if (!drain && !this.#stream.complete) return void this.#resetStream(NO_ERROR);
    await this.#stream.ended;
    this.#peer.forget(this.#stream);
  }

  async #reset({ endDelay = GAP_BEFORE_RESET }: TestAnswer): Promise<void> {
    await this.#peer.desk.later(endDelay);
    this.#peer.line.reset();
  }

  async #close({ endDelay = 0, fault }: TestAnswer): Promise<void> {
    if (endDelay > 0) await this.#peer.desk.later(endDelay);
    // a fault leaves without a word
    if (fault !== undefined) return void this.#peer.line.stream.end();
    this.#peer.goAway();
    this.#peer.forget(this.#stream);
  }

  async #reply(answer: TestAnswer): Promise<TestEnding> {
    const { fault } = answer;
    const odd = NOT_HERE.find((key) => answer[key] !== undefined);
    if (odd !== undefined) {
      this.#peer.desk.report(`${odd} is about the bytes of HTTP/1, and ${this.#stream.request.line} was asked`);
      return this.#resetStream(INTERNAL_ERROR);
    }
    if (answer.delay !== undefined) await this.#peer.desk.later(answer.delay);
    if (this.#stream.gone) return 'hang';
    if (typeof fault === 'string') return this.#spoil(fault);
    const [kind, limit] = fault === undefined ? ['', Number.POSITIVE_INFINITY] : (Object.entries(fault)[0] as [string, number]);
    const said = await this.#say(answer, limit);
    if (said === 'in vain') return 'hang';
    if (said === 'whole') return endingOf(answer, false);
    if (kind === 'resetStream') return this.#resetStream(INTERNAL_ERROR);
    return kind === 'stall' ? 'hang' : (kind as 'close' | 'reset');
  }

  #spoil(fault: Extract<TestAnswer['fault'], string>): TestEnding {
    if (fault === 'refuse stream') return this.#resetStream(REFUSED_STREAM);
    if (fault === 'stall before head') return 'hang';
    if (fault !== 'goaway') return fault === 'close before head' ? 'close' : 'reset';
    this.#peer.goAway(Math.max(0, this.#stream.id - 2));
    return 'hang';
  }

  #resetStream(code: number): TestEnding {
    this.#peer.write(RST_STREAM, 0, this.#stream.id, u32(code));
    this.#peer.forget(this.#stream);
    return 'hang';
  }

  /** Head, body and trailers, of the body at most `limit` octets. */
  async #say(answer: TestAnswer, limit: number): Promise<'whole' | 'cut' | 'in vain'> {
    const { request, id } = this.#stream;
    const bare = isBare(answer, request.method);
    let left = limit;
    this.#peer.write(HEADERS, bare && left > 0 ? END_HEADERS | END_STREAM : END_HEADERS, id, blockOf(headOf(answer)));
    if (left <= 0) return 'cut';
    if (bare) return 'whole';
    for (const piece of piecesOf(answer)) {
      if (answer.pause !== undefined) await this.#peer.desk.later(answer.pause);
      if (!(await this.#data(piece.subarray(0, Math.min(left, piece.length))))) return 'in vain';
      left -= piece.length;
      if (left <= 0) return 'cut';
    }
    if (answer.trailers === undefined) this.#peer.write(DATA, END_STREAM, id);
    else this.#peer.write(HEADERS, END_HEADERS | END_STREAM, id, blockOf(lowered(answer.trailers)));
    return 'whole';
  }

  /** As much at a time as the client takes. */
  async #data(piece: Buffer): Promise<boolean> {
    const peer = this.#peer;
    const stream = this.#stream;
    for (let at = 0; at < piece.length; ) {
      if (stream.gone) return false;
      const size = Math.min(piece.length - at, peer.window, stream.window, peer.longest);
      if (size <= 0) {
        await peer.wider();
        continue;
      }
      peer.window -= size;
      stream.window -= size;
      if (!peer.write(DATA, 0, stream.id, piece.subarray(at, at + size))) await drained(peer.line.stream);
      at += size;
    }
    return !stream.gone;
  }
}

function headOf(answer: TestAnswer): Field[] {
  const fields = lowered(fieldsOf(answer.headers)).filter(([name]) => !LEFT_OUT.has(name));
  const length = lengthOf(answer);
  if (length !== null && !fields.some(([name]) => name === 'content-length')) fields.push(['content-length', String(length)]);
  return [[':status', String(answer.status ?? 200)], ...fields];
}

const lowered = (fields: readonly Field[]): Field[] => fields.map(([name, value]) => [name.toLowerCase(), value]);

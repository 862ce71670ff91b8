import type { HeaderList } from '../../../src/base/header-list.ts';
import type { Http2Settings } from '../../../src/contract/ask.ts';
import type { Body, BodyReader } from '../../../src/contract/body.ts';
import type { Failure } from '../../../src/contract/failure.ts';
import type { Head } from '../../../src/contract/head.ts';
import type { HopFacts } from '../../../src/contract/hop.ts';
import type { Connection, ConnectionOwner, Downgrade } from '../../../src/wire/connection.ts';
import type { PortableExchange } from '../../../src/wire/exchange.ts';
import { H2Connection } from '../../../src/wire/h2/connection.ts';
import { ManualClock } from '../../support/clock.ts';
import { dataOf, type Frame, FrameReader, headers, octets, settings, Type } from '../../support/h2-frames.ts';
import { answer, type Field } from '../../support/h2-hpack.ts';
import { SimulatedStream } from '../dial/simulated-network.ts';

/** One request and what it hears. Whoever tells it more than one end, or anything behind it, is found out. */
export class Call implements PortableExchange {
  method = 'GET';
  readonly headText = '';
  body: Body | null = null;
  readonly closeAfter = false;
  readonly log: string[] = [];
  status = 0;
  headers: HeaderList | null = null;
  text = '';
  trailers: HeaderList | null = null;
  failure: Failure | null = null;
  facts: HopFacts | null = null;
  /** Called with each thing that is heard, to do something in the middle of it. */
  meanwhile: (what: string) => void = () => {};
  extra: readonly Field[] = [];

  get over(): boolean {
    return this.log.includes('end') || this.log.includes('fail');
  }

  private heard(what: string): void {
    if (this.over) throw new Error(`${what} behind the end: ${this.log.join(', ')}`);
    this.log.push(what);
    this.meanwhile(what);
  }

  fields(): string[] {
    const head = [':method', this.method, ':scheme', 'https', ':authority', 'a.example', ':path', '/'];
    return [...head, ...this.extra.flat()];
  }
  advised(): void {}
  sent(): void {
    this.heard('sent');
  }
  uploaded(bytes: number): void {
    this.heard(`uploaded ${bytes}`);
  }
  allSent(): void {
    this.heard('all sent');
  }
  interim(head: Head): void {
    this.heard(`interim ${head.status}`);
  }
  head(head: Head): void {
    this.status = head.status;
    this.headers = head.headers;
    this.heard(`head ${head.status}`);
  }
  data(bytes: Buffer, start: number, end: number): void {
    this.text += bytes.toString('latin1', start, end);
    this.heard(`data ${end - start}`);
  }
  room(): null {
    return null;
  }
  end(trailers: HeaderList | null): void {
    this.trailers = trailers;
    this.heard('end');
  }
  fail(problem: Failure, facts: HopFacts): void {
    this.failure = problem;
    this.facts = facts;
    this.heard('fail');
  }
}

/** A body that is in memory. */
export function bytesBody(size: number): Body {
  const bytes = Buffer.alloc(size, 'u');
  return {
    length: size,
    replayable: true,
    bytes,
    open: () => {
      throw new Error('the bytes are there');
    },
  };
}

/** A body that comes in these pieces and does not say how long it is. */
export function pulledBody(pieces: readonly Uint8Array[]): Body {
  const left = [...pieces];
  const reader: BodyReader = { pull: () => left.shift() ?? null, failure: null, close() {} };
  return { length: -1, replayable: false, bytes: null, open: () => reader };
}

/** What a connection tells its owner, in words. */
export class Owner implements ConnectionOwner {
  readonly log: string[] = [];
  downgrades = false;
  meanwhile: (what: string) => void = () => {};

  private told(what: string): void {
    this.log.push(what);
    this.meanwhile(what);
  }
  free(_connection: Connection): void {
    this.told('free');
  }
  retired(_connection: Connection): void {
    this.told('retired');
  }
  mastered(_connection: Connection): void {
    this.told('mastered');
  }
  downgrade(_connection: Connection, why: Downgrade): boolean {
    this.told(`downgrade: ${why}`);
    return this.downgrades;
  }
  gone(_connection: Connection): void {
    this.told('gone');
  }
}

/** A connection whose other end is the test. */
export class Wire {
  readonly stream = new SimulatedStream('10.0.0.1', 443);
  readonly clock = new ManualClock();
  readonly owner = new Owner();
  readonly connection: H2Connection;
  private readonly reader = new FrameReader();
  private read = 0;

  constructor(wanted: Partial<Http2Settings> | null = {}) {
    const base: Http2Settings = {
      key: '',
      push: false,
      huffman: true,
      streamWindow: 65_536,
      connectionWindow: 1_048_576,
      frameSize: 16_384,
      streams: 1_000,
    };
    this.connection = new H2Connection(this.stream, 1, this.owner, this.clock, wanted === null ? null : { ...base, ...wanted });
  }

  /** Both have said their settings. */
  async greeted(...pairs: readonly (readonly [number, number])[]): Promise<this> {
    this.says(settings(...pairs));
    await this.sent();
    return this;
  }

  says(...frames: readonly (Frame | Buffer)[]): void {
    const bytes = frames.map((one) => (Buffer.isBuffer(one) ? one : octets(one)));
    this.stream.says(Buffer.concat(bytes).toString('latin1'));
  }

  /** An answer's head on this stream. */
  answers(id: number, end = false, ...fields: readonly Field[]): void {
    this.says(headers(id, answer(200, ...fields), { end }));
  }

  request(body: Body | null = null, change: (call: Call) => void = () => {}): Call {
    const call = new Call();
    call.body = body;
    if (body !== null) call.method = 'POST';
    change(call);
    this.connection.send(call);
    return call;
  }

  /** Frames that went out since it was asked last, when all that was on its way has gone out. */
  async sent(): Promise<Frame[]> {
    for (let i = 0; i < 3; i++) await new Promise((turn) => setImmediate(turn));
    const fresh = Buffer.from(this.stream.written.slice(this.read), 'latin1');
    this.read = this.stream.written.length;
    return this.reader.read(fresh);
  }

  /** The same in words. */
  async said(): Promise<string[]> {
    return (await this.sent()).map(words);
  }
}

const NAMES = Object.fromEntries(Object.entries(Type).map(([name, type]) => [type, name]));

/** A frame in words: `DATA 1 +16384 end`, `WINDOW_UPDATE 0 32768`, `RST_STREAM 1 8`. */
export function words(frame: Frame): string {
  const { type, flags, stream, payload } = frame;
  const name = `${NAMES[type]} ${stream}`;
  const end = (flags & 1) !== 0 ? ' end' : '';
  if (type === Type.DATA) return `${name} +${dataOf(frame).length}${end}`;
  if (type === Type.HEADERS) return `${name}${end}${(flags & 4) === 0 ? ' …' : ''}`;
  if (type === Type.CONTINUATION) return `${name}${(flags & 4) === 0 ? ' …' : ''}`;
  if (type === Type.WINDOW_UPDATE || type === Type.RST_STREAM) return `${name} ${payload.readUInt32BE(0)}`;
  if (type === Type.GOAWAY) return `GOAWAY ${payload.readUInt32BE(4)}`;
  if (type === Type.SETTINGS || type === Type.PING) return `${NAMES[type]}${(flags & 1) !== 0 ? ' ack' : ''}`;
  return name;
}

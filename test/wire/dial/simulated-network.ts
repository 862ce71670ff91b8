import { type Failure, failure } from '../../../src/contract/failure.ts';
import type { SecureInfo, TlsWish } from '../../../src/contract/security.ts';
import type { ByteStream, StreamHandler } from '../../../src/contract/stream.ts';
import type { Address, ConnectOptions, Network, SecureOptions, Step } from '../../../src/wire/dial/network.ts';

type Done = (problem: Failure | null, stream: ByteStream | null) => void;

/** What a handshake without any doubt has shown. */
export const SECURED: SecureInfo = {
  protocol: 'TLSv1.3',
  cipher: 'simulated',
  alpn: 'http/1.1',
  chain: [],
  doubts: [],
  doubted: false,
  sharedKey: null,
  resumed: false,
  ephemeral: null,
  session: null,
};

/** A wish that says what is so by default. */
export const PLAIN_WISH: TlsWish = {
  key: 'w',
  verify: 'refuse',
  depth: 0,
  certificateNeeded: false,
  authorities: null,
  identity: null,
  versions: ['TLSv1.2', 'TLSv1.3'],
  ciphers: null,
  groups: null,
  signatures: null,
  alpn: ['http/1.1'],
  nameIndication: true,
  tickets: true,
  sharesSessions: true,
  tellsSession: false,
  ticket: null,
  legacyRenegotiation: false,
  stapling: false,
  pins: [],
  fetchIntermediates: false,
  keyLog: null,
};

/** A stream whose other end is the test. */
export class SimulatedStream implements ByteStream {
  handler: StreamHandler = { bytes() {}, ended() {}, closed() {} };
  secure: SecureInfo | null;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly pending = 0;
  /** What was written, one octet a character. */
  written = '';
  destroyed = false;
  finished = false;
  paused = false;
  referenced = true;
  hearsOut = false;
  /** The peer has reset the connection; only a write, or a later turn, tells. */
  refused = false;
  private readonly lower: ByteStream | null;

  constructor(remoteAddress: string, remotePort: number, secure: SecureInfo | null = null, lower: ByteStream | null = null) {
    this.lower = lower;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.secure = secure;
  }

  writeText(text: string, done?: () => void): void {
    if (this.refused || this.destroyed) return;
    this.written += text;
    if (done !== undefined) process.nextTick(done);
  }
  write(bytes: Uint8Array, done?: () => void): void {
    this.writeText(Buffer.from(bytes).toString('latin1'), done);
  }
  hearOut(on: boolean): void {
    this.hearsOut = on;
  }
  cork(): void {}
  uncork(): void {}
  readInto(): void {}
  handOver(rest: Uint8Array | null): void {
    this.secure = null;
    if (rest === null) return;
    const text = Buffer.from(rest).toString('latin1');
    process.nextTick(() => this.says(text));
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  ref(): void {
    this.referenced = true;
  }
  unref(): void {
    this.referenced = false;
  }
  end(): void {
    this.finished = true;
  }
  destroy(): void {
    this.destroyed = true;
    this.lower?.destroy();
  }

  /** Requests seen so far, by their first lines. */
  get requests(): string[] {
    return this.written.match(/(?:GET|HEAD|POST|PUT|DELETE) \S+(?= HTTP\/1\.1\r$)/gm) ?? [];
  }

  /** The peer sends bytes. */
  says(text: string): void {
    if (this.destroyed) return;
    const bytes = Buffer.from(text, 'latin1');
    this.handler.bytes(bytes, bytes.length);
  }

  /** The peer answers 200 with a body of known length. */
  answers(body = 'ok', headers = ''): void {
    this.says(`HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`);
  }

  /** The peer sends FIN. */
  hangsUp(): void {
    if (!this.destroyed) this.handler.ended();
  }

  /** The peer has reset the connection: writes are refused, and the news comes a turn later. */
  isReset(): void {
    this.refused = true;
    setImmediate(() => this.breaks());
  }

  /** The connection breaks. */
  breaks(problem: Failure | null = failure('closed', 'receive', 'connection reset by the peer')): void {
    if (!this.destroyed) this.handler.closed(problem);
  }
}

/** One attempt to connect or to secure; the test decides how it ends. */
export class SimulatedStep implements Step {
  readonly address: Address | null;
  /** Of a local socket; '' for none. */
  readonly path: string;
  readonly port: number;
  readonly connect: ConnectOptions | null;
  readonly secure: SecureOptions | null;
  readonly lower: ByteStream | null;
  canceled = false;
  over = false;
  stream: SimulatedStream | null = null;
  /** The stream will be one whose peer has reset it already. */
  resetAtOnce = false;
  private readonly done: Done;

  constructor(
    done: Done,
    to: { address?: Address; path?: string; connect?: ConnectOptions; lower?: ByteStream; secure?: SecureOptions },
  ) {
    this.done = done;
    this.address = to.address ?? null;
    this.path = to.path ?? '';
    this.connect = to.connect ?? null;
    this.secure = to.secure ?? null;
    this.lower = to.lower ?? null;
    this.port = to.connect?.port ?? to.lower?.remotePort ?? 0;
  }

  get running(): boolean {
    return !this.canceled && !this.over;
  }

  cancel(): void {
    this.canceled = true;
    this.lower?.destroy();
  }

  succeeds(shown: SecureInfo = SECURED): SimulatedStream {
    const info = this.secure === null ? null : shown;
    const host = this.address?.address ?? this.lower?.remoteAddress ?? '';
    const stream = new SimulatedStream(host, this.port, info, this.lower);
    if (!this.canceled) this.stream = stream;
    if (this.resetAtOnce) stream.isReset();
    this.settle(null, stream);
    return stream;
  }

  fails(problem: Failure = failure('refused', 'connect', 'connection refused')): void {
    this.settle(problem, null);
  }

  /** As the port demands: nothing is told after `cancel`. */
  private settle(problem: Failure | null, stream: SimulatedStream | null): void {
    if (this.canceled) return;
    this.over = true;
    this.done(problem, stream);
  }
}

export class SimulatedLookup {
  readonly host: string;
  private readonly done: (problem: Failure | null, addresses: readonly Address[]) => void;
  over = false;

  constructor(host: string, done: (problem: Failure | null, addresses: readonly Address[]) => void) {
    this.host = host;
    this.done = done;
  }

  finds(...addresses: string[]): void {
    this.over = true;
    this.done(null, addresses.map(addressOf));
  }

  fails(problem: Failure = failure('not-found', 'resolve', `host ${this.host} not found`)): void {
    this.over = true;
    this.done(problem, []);
  }
}

export function addressOf(address: string): Address {
  return { address, family: address.includes(':') ? 6 : 4 };
}

/** A network in which nothing happens until the test says so. */
export class SimulatedNetwork implements Network {
  readonly lookups: SimulatedLookup[] = [];
  readonly connects: SimulatedStep[] = [];
  readonly secures: SimulatedStep[] = [];
  /** When set, every attempt to connect succeeds on the next tick. */
  willing = false;

  family(host: string): 0 | 4 | 6 {
    return host.includes(':') ? 6 : /^[\d.]+$/.test(host) ? 4 : 0;
  }

  lookup(host: string, done: (problem: Failure | null, addresses: readonly Address[]) => void): void {
    this.lookups.push(new SimulatedLookup(host, done));
  }

  connect(to: Address, options: ConnectOptions, done: Done): Step {
    const step = new SimulatedStep(done, { address: to, connect: options });
    this.connects.push(step);
    if (this.willing) process.nextTick(() => step.succeeds());
    return step;
  }

  connectLocal(path: string, done: Done): Step {
    const step = new SimulatedStep(done, { path });
    this.connects.push(step);
    if (this.willing) process.nextTick(() => step.succeeds());
    return step;
  }

  secure(lower: ByteStream, options: SecureOptions, done: Done): Step {
    const step = new SimulatedStep(done, { lower, secure: options });
    this.secures.push(step);
    return step;
  }

  /** Streams that were opened, in order. */
  get streams(): SimulatedStream[] {
    return this.connects.flatMap((step) => (step.stream === null ? [] : [step.stream]));
  }

  /** Attempts under way and streams nobody closed. */
  get open(): number {
    const steps = [...this.connects, ...this.secures];
    return steps.filter((step) => step.running || (step.stream !== null && !step.stream.destroyed)).length;
  }
}

import { type Failure, failure } from '../../contract/failure.ts';
import type { Connected, SecureOptions, Step } from '../../contract/network.ts';
import type { TlsVersion } from '../../contract/security.ts';
import type { StreamHandler } from '../../contract/stream.ts';
import { type Shown, secureInfoOf, type TestCertificate } from './certificate.ts';
import type { ClientStream } from './client-stream.ts';
import type { TestClock } from './clock.ts';
import type { Connection } from './connection.ts';

/** How a server speaks TLS in the network: it is played, not computed. */
export interface TestTls {
  /** Default good. */
  readonly certificate?: TestCertificate;
  /** Names and addresses it is for; `*.site.test` is for all names below. Default: the name of the origin. */
  readonly names?: readonly string[];
  /** Versions it speaks. Default TLSv1.2 and TLSv1.3. */
  readonly versions?: readonly TlsVersion[];
}

// Records that look like those of TLS (RFC 8446 5.1), so that who does not speak it finds what he would find. Inside is JSON.
const HANDSHAKE = 22;
const ALERT = 21;
const HEAD_BYTES = 5;
const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
/** What servers speak that say nothing else. */
export const TODAY: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

interface Hello {
  readonly name: string;
  readonly alpn: readonly string[];
  readonly versions: readonly TlsVersion[];
}

function record(type: number, message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.from([type, 3, 1, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

/** Length of the record at the beginning, 0 = it is not all there. */
function recordEnd(bytes: Buffer): number {
  const end = bytes.length < HEAD_BYTES ? 0 : HEAD_BYTES + bytes.readUInt16BE(3);
  return bytes.length < end ? 0 : end;
}

function messageOf(bytes: Buffer, end: number): unknown {
  return JSON.parse(bytes.toString('utf8', HEAD_BYTES, end));
}

// ---- the client

/** One handshake, seen from the client. */
export class ClientHandshake implements Step, StreamHandler {
  private readonly stream: ClientStream;
  private readonly options: SecureOptions;
  private readonly clock: TestClock;
  private readonly done: Connected;
  private readonly name: string;
  private heard: Buffer = Buffer.alloc(0);
  private over = false;

  constructor(stream: ClientStream, options: SecureOptions, clock: TestClock, done: Connected) {
    this.stream = stream;
    this.options = options;
    this.clock = clock;
    this.done = done;
    this.name = options.peerName.replace(/\.$/, '');
    stream.handler = this;
    const { wish, alpn } = options;
    const [lowest, highest] = wish?.versions ?? ['TLSv1.2', 'TLSv1.3'];
    const versions = VERSIONS.slice(VERSIONS.indexOf(lowest), VERSIONS.indexOf(highest) + 1);
    const hello: Hello = { name: wish?.nameIndication === false ? '' : this.name, alpn, versions };
    stream.say(record(HANDSHAKE, hello));
  }

  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.stream.destroy();
  }

  bytes(memory: Buffer, size: number): void {
    this.heard = Buffer.concat([this.heard, memory.subarray(0, size)]);
    const type = this.heard[0];
    if (type !== HANDSHAKE && type !== ALERT) return this.broken('the server does not speak TLS on this port');
    const end = recordEnd(this.heard);
    if (end === 0) return;
    if (type === ALERT) return this.broken('no common TLS version or cipher');
    this.over = true;
    const { stream, options, clock } = this;
    // what follows is for who comes next
    stream.handOver(this.heard.subarray(end));
    stream.secure = secureInfoOf(messageOf(this.heard, end) as Shown, this.name, options.wish, clock.wall());
    this.done(null, stream);
  }

  ended(): void {
    this.lost();
  }

  closed(): void {
    this.lost();
  }

  private lost(): void {
    this.fail(failure('closed', 'tls', `the server closed the connection during the TLS handshake (${this.name})`));
  }

  private broken(why: string): void {
    this.fail(failure('tls', 'tls', `TLS handshake with ${this.name} failed: ${why}`));
  }

  private fail(problem: Failure): void {
    if (this.over) return;
    this.over = true;
    this.stream.destroy();
    this.done(problem, null);
  }
}

// ---- the server

/** What a server has to know to answer: it may have several names, each with settings of its own. */
export type Settings<T extends TestTls> = (
  name: string,
) => T & { readonly names: readonly string[]; readonly protocols: readonly string[] };

/** Waits for a hello and answers it; `done` is told when the two agree, and what they will speak. */
export function answerHello<T extends TestTls>(
  { peer, rules, number, agenda }: Connection,
  settings: Settings<T>,
  done: (chosen: ReturnType<Settings<T>>, protocol: string) => void,
): void {
  let heard: Buffer = Buffer.alloc(0);
  const fail = (why: string): void => {
    agenda.trace.note('not secured', number, 0, why);
    if (why === 'refused') peer.say(record(ALERT, { why: 'handshake_failure' }));
    if (why === 'reset') peer.reset();
    else if (why !== 'stall') peer.destroy();
  };
  const hear = (chunk: Buffer | null): void => {
    heard = Buffer.concat([heard, chunk ?? Buffer.alloc(0)]);
    // who goes before he has said hello is not waited for
    if (chunk === null || heard[0] !== HANDSHAKE) return fail('no hello');
    const end = recordEnd(heard);
    if (end === 0) return;
    peer.release(heard.subarray(end));
    const hello = messageOf(heard, end) as Hello;
    const chosen = settings(hello.name);
    const version = (chosen.versions ?? TODAY).filter((one) => hello.versions.includes(one)).at(-1);
    if (version === undefined) return fail('refused');
    if (rules.tls !== null) return fail(rules.tls);
    const alpn = chosen.protocols.find((one) => hello.alpn.includes(one)) ?? '';
    const { certificate: state = 'good', names } = chosen;
    const shown: Shown = { state, names: state === 'wrong host' ? ['elsewhere.invalid'] : names, version, alpn };
    agenda.trace.note('secured', number, 0, `${version} ${alpn}`);
    peer.say(record(HANDSHAKE, shown));
    done(chosen, alpn);
  };
  peer.listen(hear);
}

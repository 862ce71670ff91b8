/** What can be seen in a {@link TestNetwork}. */
export type TestEventKind =
  | 'look up'
  | 'found'
  | 'not found'
  | 'connect'
  | 'connected'
  | 'not connected'
  | 'secured'
  | 'not secured'
  | 'to server'
  | 'to client'
  | 'lost'
  | 'server ended'
  | 'client ended'
  | 'fault'
  | 'closed';

/** Something that happened in a {@link TestNetwork}. */
export interface TestEvent {
  /** Milliseconds of the network's clock. */
  readonly at: number;
  readonly what: TestEventKind;
  /** Number of the attempt to connect, from 1; 0 = a look-up. */
  readonly connection: number;
  /** Bytes that have arrived, for `to server` and `to client`, or that come later because they were lost once; else 0. */
  readonly bytes: number;
  /** A name, an address with its port, or a reason; else ''. */
  readonly detail: string;
}

/** Events that are kept; a network that runs for long is not to fill the memory. */
const MOST = 10_000;
const PRIME = 0x01000193;

/** Everything that happens in a network, in order, and a number that stands for all of it. */
export class Trace {
  readonly events: TestEvent[] = [];
  private readonly clock: { now(): number };
  private readonly tell: ((event: TestEvent) => void) | null;
  private hash = 0x811c9dc5;

  constructor(clock: { now(): number }, tell: ((event: TestEvent) => void) | null = null) {
    this.clock = clock;
    this.tell = tell;
  }

  /** The same for two networks in which the same happened at the same times. */
  get fingerprint(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  note(what: TestEventKind, connection: number, bytes = 0, detail = ''): void {
    const at = this.clock.now();
    this.mix(what.length * 31 + what.charCodeAt(what.length - 1));
    this.mix(connection);
    this.mix(bytes);
    this.mix(Math.round(at * 1000));
    for (let i = 0; i < detail.length; i++) this.mix(detail.charCodeAt(i));
    if (this.tell === null && this.events.length >= MOST) return;
    const event = { at, what, connection, bytes, detail };
    if (this.events.length < MOST) this.events.push(event);
    this.tell?.(event);
  }

  private mix(number: number): void {
    this.hash = Math.imul(this.hash ^ (number & 0xffff), PRIME);
    this.hash = Math.imul(this.hash ^ ((number / 0x10000) | 0), PRIME);
  }

  /** One line an event, to be compared and printed. */
  get text(): string {
    return this.events.map(lineOf).join('\n');
  }
}

function lineOf({ at, what, connection, bytes, detail }: TestEvent): string {
  const time = at.toFixed(3).padStart(10);
  const where = connection === 0 ? '  ' : `#${connection}`;
  return `${time} ${where} ${what}${bytes === 0 ? '' : ` ${bytes}`}${detail === '' ? '' : ` ${detail}`}`;
}

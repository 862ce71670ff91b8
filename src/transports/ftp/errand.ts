import type { Clock, Timer } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Hop, HopFacts } from '../../contract/hop.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import { extendedPort, passivePort } from '../../rules/ftp/passive.ts';
import { type FtpMoment, refusalOf } from '../../rules/ftp/refusal.ts';
import { type Reply, replyText } from '../../rules/ftp/reply.ts';
import type { FtpTarget } from '../../rules/ftp/target.ts';
import { Dial } from '../../wire/dial/dial.ts';
import type { Control, ControlOwner } from './control.ts';
import type { FtpPool } from './pool.ts';
import { dataRoute, type Site } from './site.ts';

/** When a data connection breaks, the server says why on the other one, if it still can. */
const LAST_WORDS_MS = 5_000;

/** One transfer on a control connection: what it takes before, the data connection, and the word of the server that all of it is there. */
export abstract class Errand implements ControlOwner, StreamHandler {
  protected readonly hop: Hop;
  protected readonly control: Control;
  protected readonly target: FtpTarget;
  protected data: ByteStream | null = null;
  protected over = false;
  /** Body bytes that have passed. */
  protected moved = 0;
  /** The server has begun with it. */
  protected begun = false;
  /** The server has said that all of it is done. */
  protected confirmed = false;
  /** The server was told where to begin, and may remember it when it refuses: the next transfer would begin there. */
  protected offset = false;
  private readonly pool: FtpPool;
  private readonly site: Site;
  private readonly whenOver: () => void;
  private dial: Dial | null = null;
  private launched = false;
  /** The server has said no; what it says when it hangs up is no answer. */
  private answered = false;
  /** Why the data connection is gone. */
  private broken: Failure | null = null;
  private waiting: Timer | null = null;

  /** `ended` is called when the control connection is not ours any more, before the hop is told how it went. */
  constructor(hop: Hop, control: Control, target: FtpTarget, site: Site, pool: FtpPool, ended: () => void) {
    this.hop = hop;
    this.control = control;
    this.target = target;
    this.site = site;
    this.pool = pool;
    this.whenOver = ended;
    control.owner = this;
  }

  start(): void {
    const { hop, target, control } = this;
    hop.sentAt = hop.now();
    hop.sent();
    if (this.over) return;
    if (control.type === target.type) return this.prepare();
    this.ask(`TYPE ${target.type}`, (reply) => {
      if (reply.code !== 200) return this.refuse(reply, 'setup');
      control.type = target.type;
      this.prepare();
    });
  }

  cancel(): void {
    if (this.over) return;
    this.release();
    this.pool.drop(this.control);
  }

  pause(): void {
    this.data?.pause();
  }

  resume(): void {
    this.data?.resume();
  }

  protected abstract prepare(): void;
  /** A data connection is on its way: says the command, by `begin`. */
  protected abstract launch(): void;
  /** The data connection stands, and perhaps the server has begun. */
  protected abstract connected(): void;
  /** What of the transfer is there, is there; asked whenever something has changed. */
  protected abstract isComplete(): boolean;
  /** Nothing more can come, and something is missing; null = nothing is. */
  protected abstract shortfall(): Failure | null;
  abstract bytes(memory: Buffer, size: number): void;
  abstract ended(): void;

  /** A command with one answer. */
  protected ask(command: string, then: (reply: Reply) => void): void {
    this.control.say(command, (reply) => {
      if (!this.over && reply.code >= 200) then(reply);
    });
  }

  protected get clock(): Clock {
    return this.pool.tools.clock;
  }

  // ---- the data connection

  /** Where the server waits for it; by EPSV, and by PASV where that is unknown. */
  protected passive(): void {
    const { control } = this;
    if (!control.extended) return this.passiveOld();
    this.ask('EPSV', (reply) => {
      if (reply.code >= 500) {
        control.extended = false;
        this.passiveOld();
      } else this.connect(reply, extendedPort(reply));
    });
  }

  private passiveOld(): void {
    this.ask('PASV', (reply) => this.connect(reply, passivePort(reply)));
  }

  private connect(reply: Reply, port: number): void {
    const { control, site, hop } = this;
    if (reply.code >= 300) return this.refuse(reply, 'setup');
    if (port < 0) {
      const text = `${site.place} names no place for a data connection: ${replyText(reply)}`;
      return this.fail(failure('protocol', 'wait', text), false);
    }
    const { secure } = control.stream;
    const tools = { ...this.pool.tools, sessions: control.sessions };
    this.dial = new Dial(dataRoute(site, control.stream.remoteAddress, port), [], tools, {
      resolving: () => {},
      connecting: () => {},
      proxying: () => {},
      attempt: (attempt) => {
        if (!this.over && hop.noting) hop.note('attempt', { ...attempt });
      },
      // the handshake follows the command
      securing: () => this.launchOnce(),
      sharesKeys: () => !this.over && hop.sharesKeys,
      sharedKey: (hint) => (this.over ? null : hop.sharedKey(hint)),
      // whom we speak to already
      distrusted: ({ chain }) => sameOctets(chain[0], secure?.chain[0]),
      asker: () => (this.over ? null : hop),
      done: (stream) => this.stands(stream),
      failed: (problem) => this.lostData({ ...problem, message: `no data connection to ${site.place}: ${problem.message}` }),
    });
    this.dial.start();
  }

  private launchOnce(): void {
    if (this.over || this.launched) return;
    this.launched = true;
    this.launch();
  }

  private stands(stream: ByteStream): void {
    this.dial = null;
    if (this.over) return stream.destroy();
    this.data = stream;
    stream.handler = this;
    this.connected();
    this.launchOnce();
  }

  closed(problem: Failure | null): void {
    if (this.over) return;
    if (problem === null) this.ended();
    else this.lostData({ ...problem, message: `the data connection to ${this.site.place} broke: ${problem.message}` });
  }

  /** The server may know better what happened. */
  protected lostData(problem: Failure): void {
    this.dial = null;
    if (!this.launched) return this.fail(problem, false);
    this.broken = problem;
    if (this.confirmed) return this.settle();
    this.waiting ??= this.clock.after(LAST_WORDS_MS, () => this.fail(problem, false), true);
  }

  // ---- the command

  /** Says the command of the transfer itself. */
  protected begin(command: string, moment: FtpMoment, refused?: (reply: Reply) => boolean): void {
    this.control.say(command, (reply) => {
      if (this.over) return;
      const { code } = reply;
      if (code < 200) {
        this.begun = true;
        this.connected();
      } else if (code < 300) {
        this.begun = true;
        this.confirmed = true;
        this.connected();
        this.settle();
      } else if (this.begun || refused === undefined || !refused(reply)) this.refuse(reply, moment);
    });
  }

  /** Another way is tried: the server does not use the data connection that was opened. */
  protected again(): void {
    this.dial?.cancel();
    this.dial = null;
    this.data?.destroy();
    this.data = null;
    this.launched = false;
    this.broken = null;
    this.waiting?.cancel();
    this.waiting = null;
    this.passive();
  }

  /** Ends the errand if everything that has to come has come. */
  protected settle(): void {
    if (this.over || !this.confirmed) return;
    if (this.isComplete()) {
      const problem = this.shortfall();
      if (problem === null) this.finish();
      else this.fail(problem, false);
    } else if (this.broken !== null) this.fail(this.broken, false);
  }

  private refuse(reply: Reply, moment: FtpMoment): void {
    const path = moment === 'setup' ? '' : this.target.path;
    const problem = refusalOf(reply, moment, this.site.place, path);
    this.answered = reply.code !== 421;
    // where nothing has begun the connection is as good as before
    this.fail(problem, !this.begun && !this.offset && problem.kind !== 'closed' && problem.kind !== 'protocol');
  }

  lost(problem: Failure): void {
    // what the server has confirmed comes over the data connection, and needs the other one no more
    if (this.over || (this.confirmed && !this.control.alive)) return;
    const { facts } = this;
    this.release();
    this.pool.drop(this.control);
    this.hop.fail(problem, facts);
  }

  // ---- the end

  protected finish(): void {
    const { hop } = this;
    this.release();
    this.pool.free(this.control);
    hop.endedAt = hop.now();
    hop.end(null);
  }

  /** Nothing more is wanted, and the server need not be asked. */
  protected stop(): void {
    const { hop } = this;
    this.release();
    this.pool.drop(this.control);
    hop.endedAt = hop.now();
    hop.end(null);
  }

  protected fail(problem: Failure, reusable: boolean): void {
    if (this.over) return;
    const { facts } = this;
    this.release();
    if (reusable) this.pool.free(this.control);
    else this.pool.drop(this.control);
    this.hop.fail(problem, facts);
  }

  /** What may be done once more: everything, as long as the server has neither begun nor refused. */
  protected get facts(): HopFacts {
    const bytesRead = this.begun || this.answered ? Math.max(1, this.moved) : 0;
    return { reused: this.hop.reused, bytesWritten: 0, bytesRead, garbage: false };
  }

  /** Lets go of everything but the control connection. */
  protected release(): void {
    this.over = true;
    this.waiting?.cancel();
    this.dial?.cancel();
    this.data?.destroy();
    this.whenOver();
  }
}

function sameOctets(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

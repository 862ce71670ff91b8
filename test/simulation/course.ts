import type { NetLogEvent } from '../../src/index.ts';
import type { Phase } from './cells.ts';
import { numberOf } from './spy.ts';
import type { Watched } from './watched.ts';

/** One connection of the manager, by what could be seen of it. */
export class Line {
  readonly number: number;
  readonly port: number;
  readonly toProxy: boolean;
  /** Something was lent to somebody. */
  carried = false;
  secured = false;
  up = 0;
  down = 0;
  /** `to server` and `to client` events. */
  upPieces = 0;
  downPieces = 0;
  lastUp = -1;
  lastDown = -1;

  constructor(number: number, port: number, toProxy: boolean) {
    this.number = number;
    this.port = port;
    this.toProxy = toProxy;
  }

  /** When nobody has been lent it. */
  get phase(): Phase {
    if (this.carried) return 'idle connection';
    return this.toProxy ? 'proxy' : this.port === 443 ? 'tls' : 'connect';
  }
}

/** One transfer on its way, by what its netlog and its connection say. */
export class Course {
  /** null = a preconnect, or one that nobody waits for. */
  watched: Watched | null;
  line: Line | null = null;
  over = false;
  hop = 0;
  private at: 'queue' | 'resolve' | 'connect' | 'lent' | 'between hops' = 'queue';
  private multiplexed = false;
  private headBytes = 0;
  private sentAt = -1;
  private downAt = 0;
  private downPiecesAt = 0;
  private headSeen = false;

  constructor(watched: Watched | null) {
    this.watched = watched;
  }

  /** Pieces of the answer that have come on its connection since it was sent. */
  get pieces(): number {
    return this.line === null ? 0 : this.line.downPieces - this.downPiecesAt;
  }

  get phase(): Phase {
    const { line, at } = this;
    if (at === 'connect') return this.dialPhase();
    if (at !== 'lent' || line === null) return at === 'lent' ? 'queue' : at;
    if (this.sentAt < 0) return 'sending head';
    const up = line.up - this.sentAt;
    if (this.headSeen) return 'body';
    if (up < this.headBytes) return 'sending head';
    if (up < this.headBytes + (this.watched?.plan.bodySize ?? 0)) return 'sending body';
    return line.down > this.downAt && !this.multiplexed ? 'head' : 'waiting';
  }

  private dialPhase(): Phase {
    const timings = this.watched?.over === false ? this.watched.reply.timings() : null;
    if (timings === null) return 'connect';
    if (timings.tlsStart >= 0) return 'tls';
    return timings.proxyStart >= 0 ? 'proxy' : 'connect';
  }

  hear({ what, hop, detail = {} }: NetLogEvent, lines: ReadonlyMap<number, Line>): void {
    this.hop = hop;
    switch (what) {
      case 'resolve':
        this.at = 'resolve';
        return;
      case 'connect':
        this.at = 'connect';
        return;
      case 'lend':
        this.at = 'lent';
        this.line = lines.get(numberOf(detail['port'] as number)) ?? null;
        if (this.line !== null) this.line.carried = true;
        this.sentAt = -1;
        this.headSeen = false;
        return;
      case 'request-head': {
        const text = String(detail['text']);
        this.multiplexed = !text.includes(' HTTP/1.');
        this.headBytes = this.multiplexed ? 1 : Buffer.byteLength(text);
        this.sentAt = this.line?.up ?? 0;
        this.downAt = this.line?.down ?? 0;
        this.downPiecesAt = this.line?.downPieces ?? 0;
        return;
      }
      case 'head':
        this.headSeen = true;
        if ([301, 302, 303, 307, 308, 401].includes(detail['status'] as number)) this.at = 'between hops';
        return;
      case 'again':
        this.line = null;
        this.at = detail['kind'] === 'redirect' || detail['kind'] === 'authentication' ? 'between hops' : 'queue';
        return;
      case 'end':
      case 'fail':
        this.line = null;
        this.over = true;
    }
  }
}

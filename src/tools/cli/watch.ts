import type { NetLogEvent } from '../../contract/netlog.ts';

/** What netlog entries may carry; each kind has some of these. */
export type Detail = Readonly<
  Partial<
    Record<
      | 'text'
      | 'status'
      | 'reason'
      | 'why'
      | 'url'
      | 'version'
      | 'headers'
      | 'host'
      | 'addresses'
      | 'alternatives'
      | 'proxy'
      | 'address'
      | 'port'
      | 'outcome'
      | 'milliseconds'
      | 'reused'
      | 'connection'
      | 'protocol'
      | 'cipher'
      | 'alpn'
      | 'choice'
      | 'asking'
      | 'found'
      | 'kind'
      | 'phase'
      | 'message',
      unknown
    >
  >
>;

/** What the netlog told of one transfer. */
export interface Watched {
  version: string;
  /** The head as it came over the wire; null when the answer did not come over HTTP. Text is one character an octet. */
  headers: readonly (readonly [name: string, value: string])[] | null;
  reused: boolean;
  connection: number | null;
  hops: number;
  tls: { protocol: string; cipher: string } | null;
  /** When the transfer failed or was aborted, on the clock of the timings; -1 when it did not. */
  failedAt: number;
}

interface Followed {
  /** 0 before the transfer began: a body that has to be collected first. */
  readonly transfer: () => number;
  readonly watched: Watched;
  readonly tell: (event: NetLogEvent) => void;
}

/** Sorts netlog entries by transfer. Entries can come before the caller follows their transfer; they wait. */
export class Watch {
  private readonly known = new Map<number, Followed>();
  private readonly early = new Map<number, NetLogEvent[]>();
  private readonly unnumbered = new Set<Followed>();

  /** From now on entries of this transfer go to `tell`; those that came before go first. */
  follow(transfer: () => number, tell: (event: NetLogEvent) => void): Watched {
    const watched: Watched = { version: '', headers: null, reused: false, connection: null, hops: 0, tls: null, failedAt: -1 };
    const followed = { transfer, watched, tell };
    const number = transfer();
    if (number === 0) this.unnumbered.add(followed);
    else this.known.set(number, followed);
    const early = this.early.get(number) ?? [];
    this.early.delete(number);
    for (const event of early) this.take(event);
    return watched;
  }

  private find(number: number): Followed | undefined {
    for (const followed of this.unnumbered) {
      if (followed.transfer() !== number) continue;
      this.unnumbered.delete(followed);
      this.known.set(number, followed);
    }
    return this.known.get(number);
  }

  take(event: NetLogEvent): void {
    const entry = this.find(event.transfer);
    if (entry === undefined) {
      const early = this.early.get(event.transfer) ?? [];
      early.push(event);
      this.early.set(event.transfer, early);
      return;
    }
    note(entry.watched, event);
    entry.tell(event);
  }
}

function note(watched: Watched, event: NetLogEvent): void {
  const detail: Detail = event.detail ?? {};
  watched.hops = Math.max(watched.hops, event.hop + 1);
  if (event.what === 'fail') watched.failedAt = event.time;
  if (event.what === 'head') {
    watched.version = String(detail.version ?? '');
    watched.headers = Array.isArray(detail.headers) ? detail.headers : null;
  }
  if (event.what === 'lend') {
    watched.reused = detail.reused === true;
    watched.connection = typeof detail.connection === 'number' ? detail.connection : null;
  }
  if (event.what === 'tls') watched.tls = { protocol: String(detail.protocol ?? ''), cipher: String(detail.cipher ?? '') };
}

// Asks whether somebody stands between us and the network: directly, since a proxy would be reached all the same.
import { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import { DEFAULT_WISHES, NO_TIMEOUTS } from '../../contract/ask.ts';
import type { Head } from '../../contract/head.ts';
import type { PullBody } from '../../contract/sink.ts';
import { Engine, Unattended } from '../../engine/assembly.ts';
import { defaultSecurity } from '../security/qsslconfiguration.ts';
import { tlsWishOf } from './tls-wish.ts';

const LARGEST = 65_536;
const LONGEST_MS = 5_000;

/** What came: the status, and the body of a 200. */
export interface ProbeAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * A plain GET: no redirect is followed, no cookie sent, nobody asked for credentials. The body is cut off at 64 KiB, the time at 5 seconds. null =
 * nobody answered. The function returned gives it up, silently.
 */
export function askPortal(url: Url, done: (answer: ProbeAnswer | null) => void): () => void {
  const engine = new Engine();
  const listener = new Listener((answer) => {
    transfer.cancel();
    engine.clearCaches();
    done(answer);
  });
  // for those who keep answers between us and the server, unasked
  const headers = new HeaderList();
  headers.append('Cache-Control', 'no-cache');
  const transfer = engine.create(
    {
      method: 'GET',
      url,
      headers,
      defaults: new HeaderList(),
      body: null,
      wishes: {
        ...DEFAULT_WISHES,
        redirects: 'manual',
        timeouts: { ...NO_TIMEOUTS, total: LONGEST_MS },
        tls: tlsWishOf(defaultSecurity()),
        background: true,
      },
    },
    listener,
  );
  engine.schedule(transfer);
  return () => {
    if (listener.silence()) transfer.cancel();
    engine.clearCaches();
  };
}

class Listener extends Unattended {
  private done: ((answer: ProbeAnswer | null) => void) | null;
  private status = 0;
  private readonly pieces: Buffer[] = [];
  private size = 0;

  constructor(done: (answer: ProbeAnswer | null) => void) {
    super();
    this.done = done;
  }

  /** Whether there was anything left to say. */
  silence(): boolean {
    const running = this.done !== null;
    this.done = null;
    return running;
  }

  private settle(): void {
    const { done, status } = this;
    this.done = null;
    done?.(status === 0 ? null : { status, body: Buffer.concat(this.pieces).toString() });
  }

  override head({ status }: Head): void {
    this.status = status;
    if (status !== 200) this.settle();
  }
  override data(bytes: Buffer, start: number, end: number): void {
    this.pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.size += end - start;
    if (this.size > LARGEST) this.settle();
  }
  end(): void {
    this.settle();
  }
  fail(): void {
    this.settle();
  }
  served(_head: Head, body: PullBody): void {
    body.close();
    this.settle();
  }
}

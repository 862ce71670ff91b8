// Fetches proxy scripts: directly, since it is them who know the proxies.
import { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import { type Ask, DEFAULT_WISHES, NO_TIMEOUTS } from '../../contract/ask.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { PullBody } from '../../contract/sink.ts';
import { Engine, type Transfer, Unattended } from '../../engine/assembly.ts';
import { defaultSecurity } from '../security/qsslconfiguration.ts';
import { tlsWishOf } from './tls-wish.ts';

const SCHEMES = ['http', 'https', 'file', 'data'];
const LARGEST = 1_048_576;
const LONGEST_MS = 30_000;

/**
 * The text of a script: at most 1 MiB within 30 seconds, in UTF-8. Redirects are followed, nobody is asked for credentials, and no cookie is
 * sent. Rejects with an Error that says why in one sentence.
 */
export function fetchScript(place: string): Promise<string> {
  const url = Url.parse(place.startsWith('/') ? `file://${encodeURI(place)}` : place);
  if (!url.valid || !SCHEMES.includes(url.scheme))
    return Promise.reject(new Error(`a proxy script has to be at a URL with one of the schemes ${SCHEMES.join(', ')}`));
  return new Promise((resolve, reject) => {
    const engine = new Engine();
    const collector = new Collector((problem, bytes) => {
      if (problem === '') resolve(new TextDecoder().decode(bytes));
      else {
        // its rest is on the way
        transfer.cancel();
        reject(new Error(problem));
      }
      engine.clearCaches();
    });
    const transfer: Transfer = engine.create(askFor(url), collector);
    engine.schedule(transfer);
  });
}

function askFor(url: Url): Ask {
  const timeouts = { ...NO_TIMEOUTS, total: LONGEST_MS };
  const nothing = new HeaderList();
  return {
    method: 'GET',
    url,
    headers: nothing,
    defaults: nothing,
    body: null,
    wishes: { ...DEFAULT_WISHES, timeouts, tls: tlsWishOf(defaultSecurity()) },
  };
}

/** Keeps the body. */
class Collector extends Unattended {
  private readonly pieces: Buffer[] = [];
  private size = 0;
  private done: ((problem: string, bytes: Buffer) => void) | null;

  constructor(done: (problem: string, bytes: Buffer) => void) {
    super();
    this.done = done;
  }

  private settle(problem: string): void {
    const { done } = this;
    this.done = null;
    done?.(problem, Buffer.concat(this.pieces));
  }

  override head({ status, reason }: Head): void {
    if (status < 200 || status > 299) this.settle(`the server answers ${status} ${reason}`.trim());
  }
  override data(bytes: Buffer, start: number, end: number): void {
    this.size += end - start;
    if (this.size > LARGEST) this.settle(`it is larger than ${LARGEST} bytes`);
    else this.pieces.push(Buffer.from(bytes.subarray(start, end)));
  }
  end(): void {
    this.settle('');
  }
  fail({ message }: Failure): void {
    this.settle(message);
  }
  served(_head: Head, body: PullBody): void {
    try {
      const memory = Buffer.allocUnsafe(65_536);
      for (let read = body.read(memory); read > 0 && this.done !== null; read = body.read(memory)) this.data(memory, 0, read);
      this.settle('');
    } catch (problem) {
      this.settle((problem as Error).message);
    } finally {
      body.close();
    }
  }
}

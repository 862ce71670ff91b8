import type { Http2Use, Timeouts, Wishes } from '../../contract/ask.ts';
import type { Door } from '../../contract/door.ts';
import { CONTINUE_MS } from '../../rules/expectation.ts';
import { isIdempotent } from '../../rules/methods.ts';
import { invalidArgument } from './errors.ts';

/** How a dispatcher works, as far as its manager does not say. */
export interface DispatcherOptions {
  /** Milliseconds from the last byte of a request to the first of its answer; 0 = any. Default: 300 000, as undici has it. */
  readonly headersTimeout?: number;
  /** Milliseconds between two pieces of a body; 0 = any. A reader that pauses is waited for. Default: 300 000. */
  readonly bodyTimeout?: number;
  /** Milliseconds for TCP and TLS together; 0 = any. Default: 10 000. */
  readonly connectTimeout?: number;
  /** Connections to one origin. undici has no limit, and a body that nobody reads holds its connection. Default: 256. */
  readonly connections?: number;
  /** HTTP/2 where the server speaks it. Default: true. */
  readonly allowH2?: boolean;
  /** Send the cookies of the manager's jar and keep those of the answers. Default: false, which is the caller's business. */
  readonly cookies?: boolean;
  /** Answer out of the manager's cache and store in it. Default: false. */
  readonly cache?: boolean;
}

/** What one request wants otherwise. */
export interface RequestSettings {
  readonly method: string;
  readonly headersTimeout?: number | null | undefined;
  readonly bodyTimeout?: number | null | undefined;
  readonly expectContinue?: boolean | undefined;
  readonly idempotent?: boolean | undefined;
  readonly allowH2?: boolean | undefined;
  /** The name that TLS is to verify; '' = that of the URL. */
  readonly servername: string;
}

const LIMITS = { headersTimeout: 300_000, bodyTimeout: 300_000, connectTimeout: 10_000 } as const;
const CONNECTIONS = 256;

/** The wishes of dispatched requests: the manager's, without what is the business of whoever dispatches. */
export class Settings {
  private readonly door: Door;
  private readonly options: DispatcherOptions;
  private readonly limits: { readonly [limit in keyof typeof LIMITS]: number };
  private readonly connections: number;
  private managers: Wishes | null = null;
  private plain: Wishes | null = null;

  /** Throws an InvalidArgumentError for options that mean nothing. */
  constructor(door: Door, options: DispatcherOptions) {
    this.door = door;
    this.options = options;
    this.limits = {
      headersTimeout: limitOf('headersTimeout', options.headersTimeout) ?? LIMITS.headersTimeout,
      bodyTimeout: limitOf('bodyTimeout', options.bodyTimeout) ?? LIMITS.bodyTimeout,
      connectTimeout: limitOf('connectTimeout', options.connectTimeout) ?? LIMITS.connectTimeout,
    };
    this.connections = options.connections ?? CONNECTIONS;
    if (!Number.isSafeInteger(this.connections) || this.connections < 1) throw invalidArgument('invalid connections');
  }

  /** For a request; shared by all that want nothing of their own. */
  for(request: RequestSettings): Wishes {
    const plain = this.shared();
    const { method, servername } = request;
    const headers = limitOf('headersTimeout', request.headersTimeout);
    const body = limitOf('bodyTimeout', request.bodyTimeout);
    const expects = flag('expectContinue', request.expectContinue);
    const repeats = flag('idempotent', request.idempotent) && !isIdempotent(method);
    const h1 = request.allowH2 === false;
    if (headers === null && body === null && !expects && !repeats && !h1 && servername === '') return plain;
    return {
      ...plain,
      timeouts: { ...plain.timeouts, firstByte: headers ?? plain.timeouts.firstByte, idle: body ?? plain.timeouts.idle },
      expectContinue: expects ? CONTINUE_MS : 0,
      resendUnsafe: repeats || plain.resendUnsafe,
      http2: h1 ? 'off' : plain.http2,
      peerName: servername === '' ? plain.peerName : servername,
    };
  }

  private shared(): Wishes {
    const managers = this.door.wishes();
    if (this.plain === null || managers !== this.managers) {
      this.managers = managers;
      this.plain = Object.freeze(this.without(managers));
    }
    return this.plain;
  }

  private without(wishes: Wishes): Wishes {
    const { cookies = false, cache = false, allowH2 = true } = this.options;
    const http2: Http2Use = allowH2 ? wishes.http2 : 'off';
    return {
      ...wishes,
      timeouts: this.timeouts(wishes.timeouts),
      connectionsPerHost: this.connections,
      redirects: 'manual',
      decode: false,
      http2,
      cacheLoad: cache ? wishes.cacheLoad : 'network',
      cacheSave: cache && wishes.cacheSave,
      sendCookies: cookies && wishes.sendCookies,
      saveCookies: cookies && wishes.saveCookies,
    };
  }

  private timeouts(managers: Timeouts): Timeouts {
    const { headersTimeout: firstByte, bodyTimeout: idle, connectTimeout: connect } = this.limits;
    return { ...managers, firstByte, idle, connect };
  }
}

function limitOf(name: string, milliseconds: number | null | undefined): number | null {
  if (milliseconds === null || milliseconds === undefined) return null;
  if (!Number.isFinite(milliseconds) || milliseconds < 0) throw invalidArgument(`invalid ${name}`);
  return milliseconds;
}

function flag(name: string, value: boolean | null | undefined): boolean {
  if (value !== null && value !== undefined && typeof value !== 'boolean') throw invalidArgument(`invalid ${name}`);
  return value === true;
}

import type { PacLimits } from '../../system/pac/calls.ts';
import type { PacSource } from '../../system/pac/source.ts';
import { QUrl, urlOf } from '../core/qurl.ts';
import { NO_PROXY, stateOfServer } from './proxy-state.ts';
import { proxyFrom, type QNetworkProxy } from './qnetworkproxy.ts';
import { QNetworkProxyFactory } from './qnetworkproxyfactory.ts';
import { QNetworkProxyQuery } from './qnetworkproxyquery.ts';

/** How a proxy script is run. */
export interface QPacProxyOptions {
  /** Bytes of memory it may use beside the 16 MiB of the engine; 1 MiB to 256 MiB, by default 16 MiB. */
  readonly memoryLimit?: number;
  /** Milliseconds of computing a run may take, look-ups of names not counted; 10 to 60,000, by default 1000. */
  readonly timeLimit?: number;
  /**
   * What becomes of requests when the script cannot be fetched, fails, or answers with nothing usable. `fail`, the default: they end with
   * ProxyNotFoundError. `direct`: they go without a proxy, as browsers do, and Node.js prints a warning with the code `QNETWORK_PAC`.
   */
  readonly onError?: 'fail' | 'direct';
}

const MIB = 1_048_576;
const OPTIONS = ['memoryLimit', 'timeLimit', 'onError'];

/**
 * Proxies by a script (PAC), as companies use them. Not in Qt.
 *
 *     manager.setProxyFactory(new QPacProxyFactory('http://intranet.example.org/proxy.pac'));
 *
 * The script runs in QuickJS (the package `quickjs-emscripten`, to be installed beside this one) and in a thread of its own; it sees the
 * functions for scripts and nothing of Node.js. Of the URL of a request it gets scheme, host and port. Its answers are kept for a minute,
 * the script for ten.
 */
export class QPacProxyFactory extends QNetworkProxyFactory {
  readonly #place: string | null;
  readonly #limits: PacLimits;
  readonly #direct: boolean;
  #source: Promise<PacSource> | null = null;
  #warned = false;

  /**
   * `url` says where the script is: http, https, file or data. It is fetched when it is needed first, without a proxy, at most 1 MiB in
   * 30 seconds. null asks the network for it (WPAD by DNS): `http://wpad.<domain>/wpad.dat` for the domains of this machine, up to the
   * one that is registered. Whoever can answer for such a name, for instance in a foreign network, then sees and directs all requests;
   * ask for that only where the network is known. Throws a TypeError or RangeError for what cannot be used.
   */
  constructor(url: QUrl | string | null, options: QPacProxyOptions = {}) {
    super();
    this.#place = url === null ? null : placeOf(url);
    this.#limits = limitsOf(options);
    this.#direct = options.onError === 'direct';
  }

  /** With the text of a script. */
  static fromText(script: string, options: QPacProxyOptions = {}): QPacProxyFactory {
    if (typeof script !== 'string')
      throw new TypeError(`QPacProxyFactory.fromText expects the text of a script; got ${typeof script}.`);
    const type = 'application/x-ns-proxy-autoconfig';
    return new QPacProxyFactory(`data:${type};base64,${Buffer.from(script).toString('base64')}`, options);
  }

  /** What the script says. Rejects with an Error that says why it cannot be used, unless `onError` is `direct`. */
  override async queryProxy(query: QNetworkProxyQuery = new QNetworkProxyQuery()): Promise<QNetworkProxy[]> {
    try {
      this.#source ??= import('../bridge/proxy-scripts.ts').then(({ pacSource }) => pacSource(this.#place, this.#limits));
      const { ways } = await (await this.#source).decide(urlOf(query.url()));
      return ways.map((server) => proxyFrom(server === null ? NO_PROXY : stateOfServer(server)));
    } catch (problem) {
      if (!this.#direct) throw problem;
      this.#warn((problem as Error).message);
      return [proxyFrom(NO_PROXY)];
    }
  }

  /** Ends the thread of the script. Without it the thread stays, and does not keep the process alive; asked again, there is a new one. */
  close(): void {
    void this.#source?.then((source) => source.close());
    this.#source = null;
  }

  #warn(why: string): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(`${why}. Requests go without a proxy, as onError is 'direct'.`, { code: 'QNETWORK_PAC' });
  }
}

function placeOf(given: QUrl | string): string {
  if (typeof given !== 'string' && !(given instanceof QUrl))
    throw new TypeError(`QPacProxyFactory expects the URL of a script as QUrl or string, or null; got ${typeof given}.`);
  const url = urlOf(typeof given === 'string' ? new QUrl(given) : given);
  if (!url.valid || !['http', 'https', 'file', 'data'].includes(url.scheme))
    throw new TypeError(
      `QPacProxyFactory expects a URL with the scheme http, https, file or data; got ${url.valid ? `the scheme '${url.scheme}'` : 'no valid URL'}.`,
    );
  return url.href;
}

function limitsOf(options: QPacProxyOptions): PacLimits {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`QPacProxyFactory knows no option '${unknown}'; it knows ${OPTIONS.join(', ')}.`);
  const { memoryLimit = 16 * MIB, timeLimit = 1000, onError = 'fail' } = options;
  if (onError !== 'fail' && onError !== 'direct') throw new TypeError("QPacProxyFactory: onError has to be 'fail' or 'direct'.");
  return {
    memory: checked('memoryLimit', memoryLimit, MIB, 256 * MIB),
    time: checked('timeLimit', timeLimit, 10, 60_000),
  };
}

function checked(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`QPacProxyFactory: ${name} has to be a whole number from ${least} to ${most}; got ${String(value)}.`);
  return value;
}

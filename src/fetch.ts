import { QNetworkAccessManager } from './api/access/qnetworkaccessmanager.ts';
import { SYSTEM } from './api/bridge/proxies.ts';
import { type Fetch, type FetchOptions, fetchOn } from './faces/fetch/fetch.ts';

export { FetchError } from './faces/fetch/errors.ts';
export type { Fetch, FetchOptions } from './faces/fetch/fetch.ts';
export type { FetchInit } from './faces/fetch/plan.ts';

/** The manager of a fetch that was made without one. */
class FetchManager extends QNetworkAccessManager {
  constructor() {
    super();
    this._settle({ proxies: SYSTEM });
    this.setCookieJar(null);
  }
}

/**
 * Makes a `fetch` of the Fetch standard on the engine of a manager, whose connections, cache, cookies, proxies and TLS settings it shares.
 * Without one it has a manager of its own: with the proxies of the system, and no cookies.
 *
 *     const fetch = createFetch();
 *     const list = await (await fetch('https://example.org/list')).json();
 *
 * A failure rejects with a TypeError whose `cause` is a {@link FetchError}. Throws a TypeError for what is no manager.
 */
export function createFetch(manager?: QNetworkAccessManager | null, options?: FetchOptions): Fetch {
  if (manager !== undefined && manager !== null && !(manager instanceof QNetworkAccessManager))
    throw new TypeError(`createFetch expects a QNetworkAccessManager; got ${typeof manager}.`);
  return fetchOn(manager ?? new FetchManager(), options);
}

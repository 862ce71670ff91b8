// Door for the web platform tests of fetch: only fetch is replaced, all classes stay those of the platform.
import { createFetch } from '../../dist/fetch.js';
import { QNetworkAccessManager, QNetworkMemoryCache, QNetworkProxy } from '../../dist/index.js';

export async function install({ location }) {
  const manager = new QNetworkAccessManager();
  manager.setCache(new QNetworkMemoryCache());
  manager.setProxy(new QNetworkProxy(QNetworkProxy.NoProxy));
  return { fetch: createFetch(manager, { base: location }) };
}

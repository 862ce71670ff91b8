import type * as Api from '../../index.ts';
import type { Plan } from './args.ts';
import { UsageError } from './usage-error.ts';

/** Has a manager take the proxy that was asked for. Throws a UsageError for what is none. */
export function setProxy(api: typeof Api, manager: Api.QNetworkAccessManager, proxy: Plan['proxy']): void {
  if (proxy === 'system') api.QNetworkProxyFactory.setUseSystemConfiguration(true);
  else if (proxy === 'none') manager.setProxy(new api.QNetworkProxy(api.QNetworkProxy.NoProxy));
  else manager.setProxy(proxyAt(api, proxy.url));
}

function proxyAt(api: typeof Api, url: string): Api.QNetworkProxy {
  try {
    return api.QNetworkProxy.fromUrl(url);
  } catch (problem) {
    throw new UsageError(`--proxy cannot be used: ${(problem as Error).message}`, 'for example: --proxy http://localhost:3128');
  }
}

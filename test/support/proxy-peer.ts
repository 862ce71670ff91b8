import { HeaderList } from '../../src/base/header-list.ts';
import type { ProxyPeer, ProxyScheme } from '../../src/contract/proxy.ts';

/** A proxy on loopback as requests know it. */
export function proxyPeer(scheme: ProxyScheme, { port }: { readonly port: number }, more: Partial<ProxyPeer> = {}): ProxyPeer {
  const { user = '', through = null } = more;
  return {
    scheme,
    host: '127.0.0.1',
    port,
    user,
    password: '',
    tunnels: true,
    cachesFtp: false,
    caches: false,
    headers: new HeaderList(),
    through,
    key: `${scheme}://${user}@127.0.0.1:${port}${through === null ? '' : ` over ${through.key}`}`,
    ...more,
  };
}

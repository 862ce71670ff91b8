import { namesSocket } from '../../base/local-scheme.ts';
import { decodeAll } from '../../base/percent.ts';
import { Url } from '../../base/url.ts';
import { splitUserInfo } from '../../base/url-authority.ts';
import type { Credentials } from '../../contract/auth.ts';
import type { Hop } from '../../contract/hop.ts';
import type { ProxyPeer } from '../../contract/proxy.ts';
import type { Journey } from '../../contract/stage.ts';
import { proxyText } from '../../rules/proxy/proxy-url.ts';
import type { Peer } from './schemes/scheme.ts';

/** Who asks, and what came along with the request. */
export interface Party {
  readonly peer: Peer;
  /** On whose behalf; null = nobody is there any more. */
  hop(): Hop | null;
  /** Those of the URL or of the proxy; null = none. */
  readonly given: Credentials | null;
  /** They are tried before anything that is known; they are the request's own. */
  readonly givenFirst: boolean;
  /** What is known may be used, and what is accepted is kept. */
  readonly reuse: boolean;
  /** Who asks again, says who was refused. */
  readonly prefills: boolean;
}

/** `chosen`: no other origin has sent us there. */
export function originParty(hop: Hop, journey: Journey, chosen: boolean): Party {
  const { url } = hop;
  const { partition, reuseCredentials } = hop.ask.wishes;
  const asked = journey.ask.url;
  return {
    peer: {
      proxy: null,
      url,
      key: url.origin,
      host: url.host ?? '',
      partition,
      safe: url.scheme === 'https' || namesSocket(url.scheme),
      chosen,
    },
    hop: () => living(journey.hop),
    // those that a Location brings along are its author's
    given: url.origin === asked.origin ? userInfoOf(asked) : null,
    givenFirst: true,
    reuse: reuseCredentials,
    prefills: true,
  };
}

/** `prefills`: who asks again, says who was refused. */
export function proxyParty(proxy: ProxyPeer, asker: () => Hop | null, prefills: boolean): Party {
  const { scheme, host, user, password } = proxy;
  const hop = asker();
  const key = proxyText(proxy);
  const partition = hop?.ask.wishes.partition ?? '';
  return {
    peer: { proxy, url: hop?.url ?? Url.EMPTY, key, host, partition, safe: scheme === 'https', chosen: true },
    hop: () => living(asker()),
    given: user === '' && password === '' ? null : { user, password, domain: '' },
    givenFirst: false,
    // whose partition it would be is not known
    reuse: hop?.ask.wishes.reuseCredentials ?? false,
    prefills,
  };
}

function living(hop: Hop | null): Hop | null {
  return hop?.current === true ? hop : null;
}

function userInfoOf({ userInfo }: Url): Credentials | null {
  if (userInfo === null || userInfo === '') return null;
  const [user, password] = splitUserInfo(userInfo);
  return { user: decodeAll(user), password: decodeAll(password ?? ''), domain: '' };
}

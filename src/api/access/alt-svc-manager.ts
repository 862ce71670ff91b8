import { toUrl, type UrlLike } from '../core/qurl.ts';
import { deskOf } from './hsts-manager.ts';
import { TraceManager } from './trace-manager.ts';

/** Another place that serves an origin, as the origin itself has said. */
export interface AlternativeService {
  /** Its name in ALPN, such as `h2` or `h3`; one character an octet. */
  readonly protocol: string;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Until when the origin wants it to be used. */
  readonly expires: Date;
  /** Good in other networks as well; without it, only in the one it was heard of in. */
  readonly persist: boolean;
}

/** What QNetworkAccessManager has heard of alternative services (RFC 7838). */
export abstract class AltSvcManager extends TraceManager {
  /**
   * Where else the origin of `url` is served, as its answers have said (`Alt-Svc`), what the server prefers first: HTTP/3, mostly. They are
   * reported and never used; requests go to the origin itself. Known is what came over TLS with a verified certificate, for as long as
   * the origin has said, until {@link QNetworkAccessManager.clearAccessCache} or the end of the manager. `partition` is that of the requests.
   * Throws a TypeError for what is no URL. Not in Qt.
   *
   *     await manager.get('https://example.org/').text();
   *     for (const { protocol, host, port } of manager.alternativeServices('https://example.org/'))
   *       console.log(protocol, host, port); // h3 example.org 443
   */
  alternativeServices(url: UrlLike, partition = ''): AlternativeService[] {
    const known = deskOf(this).alternatives(toUrl(url), partition);
    return known.map((one) => ({ ...one, expires: new Date(one.expires) }));
  }
}

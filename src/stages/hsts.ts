import type { Url } from '../base/url.ts';
import type { Clock } from '../contract/clock.ts';
import type { Head } from '../contract/head.ts';
import type { Hop } from '../contract/hop.ts';
import type { HstsEntry, HstsStore } from '../contract/hsts.ts';
import type { Journey, Stage, Verdict } from '../contract/stage.ts';
import { expiryOf, firstPolicy, hostName, isKnown, securedUrl } from '../rules/hsts.ts';

/** Keeps to the strict transport security of servers (RFC 6797): known hosts are reached over TLS only, and say so themselves. */
export class StrictTransport implements Stage {
  readonly name = 'hsts';
  enabled = false;
  hosts: HstsStore;
  private readonly clock: Clock;
  private readonly find = (host: string): HstsEntry | undefined => this.hosts.find(host);

  constructor(hosts: HstsStore, clock: Clock) {
    this.hosts = hosts;
    this.clock = clock;
  }

  /** The URL to go to instead of this one; the very same unless it is http and its host is known. */
  secured(url: Url): Url {
    return this.enabled && url.scheme === 'http' && this.knows(url) ? securedUrl(url) : url;
  }

  /** Nobody may talk this host's certificate errors away (RFC 6797 8.4). */
  knows(url: Url): boolean {
    const name = hostName(url.host);
    return this.enabled && name !== null && isKnown(name, this.find);
  }

  outward(hop: Hop, journey: Journey): Verdict {
    if (!this.enabled) return 'go';
    const url = this.secured(hop.url);
    if (url === hop.url) return 'go';
    if (hop.noting) hop.note('again', { kind: 'upgrade', why: 'strict transport security', url: url.hrefWithoutUserInfo });
    const { method, headers, defaults, body } = journey.trip;
    journey.reroute({ method, url, headers, defaults, body });
    journey.sink.upgraded(url);
    return 'again';
  }

  inward(hop: Hop, head: Head): Verdict {
    if (this.enabled && !hop.stored && hop.url.scheme === 'https') this.learn(hop, head);
    return 'go';
  }

  private learn(hop: Hop, head: Head): void {
    const fields = head.headers.all('Strict-Transport-Security');
    if (fields.length === 0) return;
    // RFC 6797 8.1: only what came over a connection that nobody had to close an eye for
    const { secure } = hop;
    const host = hostName(hop.url.host);
    if (host === null || secure === null || secure.doubted) return;
    const policy = firstPolicy(fields);
    if (policy === null) return;
    const { maxAge, includeSubDomains } = policy;
    // max-age=0 has expired already, and so is forgotten
    this.hosts.note({ host, expires: expiryOf(maxAge, this.clock.wall()), includeSubDomains });
  }
}

import type { FindingCode } from '../../api/advice/advice.ts';
import type { Url } from '../../base/url.ts';
import type { Clock } from '../../contract/clock.ts';
import { QNetworkCookie, QNetworkCookieJar } from '../../index.ts';
import { certificatesOf, dateOf, weaknessOf } from './chain.ts';
import { shown } from './known.ts';
import { isOnlySlow } from './symptoms.ts';
import type { Seen } from './voyage.ts';

/** What is not as it should be although the request works. */
export interface Warning {
  readonly code: FindingCode;
  readonly seen: readonly string[];
  /** Beside what is known of every finding. */
  readonly known: Readonly<Record<string, string>>;
}

const DAY = 86_400_000;
/** A certificate that is good for ninety days is renewed a month before its end. */
const SOON_DAYS = 14;
/** Machines without a time server drift by minutes. */
const SKEW_MS = 300_000;

export function warningsOf(seen: Seen, clock: Clock): Warning[] {
  return [
    ...slow(seen),
    ...deadAddresses(seen),
    ...unverified(seen),
    ...weak(seen),
    ...soonOver(seen, clock),
    ...clockSkew(seen, clock),
    ...refusedCookies(seen, clock),
  ];
}

function slow(seen: Seen): Warning[] {
  return isOnlySlow(seen) ? [{ code: 'too-slow', seen: [`${seen.bytes} bytes of it have come`], known: {} }] : [];
}

/** Nobody listens on the other address of localhost more often than not, and it costs nothing. */
function deadAddresses({ attempts, host }: Seen): Warning[] {
  if (!attempts.some(({ outcome }) => outcome === 'connected') || /^(?:.*\.)?localhost\.?$/i.test(host)) return [];
  const dead = attempts.filter(({ outcome }) => outcome !== 'connected');
  if (dead.length === 0) return [];
  const words = dead.map(({ address, outcome }) => `${address}: ${outcome}`);
  return [{ code: 'address-dead', seen: words, known: { host, detail: words.join('; ') } }];
}

function unverified({ secure }: Seen): Warning[] {
  if (secure === null || !secure.doubted) return [];
  const seen = secure.doubts.length === 0 ? ['nobody looks at the certificate'] : secure.doubts.map(({ code }) => code);
  return [{ code: 'tls-unverified', seen, known: {} }];
}

/** What this OpenSSL still takes, and others do not: newer ones, and those of most browsers. */
function weak({ secure }: Seen): Warning[] {
  const first = secure === null ? undefined : certificatesOf(secure)[0];
  const detail = first === undefined ? '' : weaknessOf(first);
  return detail === '' ? [] : [{ code: 'tls-weak', seen: [], known: { detail } }];
}

function soonOver({ secure }: Seen, clock: Clock): Warning[] {
  const first = secure === null ? undefined : certificatesOf(secure)[0];
  if (first === undefined) return [];
  const left = Date.parse(first.validTo) - clock.wall();
  const lifetime = Date.parse(first.validTo) - Date.parse(first.validFrom);
  // one that never lives longer is renewed in time by whoever made it so
  if (left <= 0 || left > SOON_DAYS * DAY || lifetime <= SOON_DAYS * DAY) return [];
  return [
    {
      code: 'tls-expires-soon',
      seen: [`it is valid for another ${Math.floor(left / DAY)} days`],
      known: { to: dateOf(first.validTo) },
    },
  ];
}

/** By the Date field (RFC 9110 6.6.1) of an answer that no cache has kept. */
function clockSkew({ head }: Seen, clock: Clock): Warning[] {
  if (head === null || head.headers.has('Age')) return [];
  const said = head.headers.get('Date') ?? '';
  const off = Date.parse(said) - clock.wall();
  if (Number.isNaN(off) || Math.abs(off) < SKEW_MS) return [];
  const minutes = Math.round(Math.abs(off) / 60_000);
  const detail =
    minutes < 120
      ? `${minutes} minutes`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} hours`
        : `${Math.round(minutes / 1440)} days`;
  return [{ code: 'clock-wrong', seen: [`the server says ${said}`], known: { detail } }];
}

export function refusedCookies({ stops }: Seen, clock: Clock): Warning[] {
  return stops.flatMap(({ url, head }) =>
    (head?.headers.all('Set-Cookie') ?? []).flatMap((line) => {
      const [cookie] = QNetworkCookie.parseCookies(line);
      if (cookie === undefined && line.length > MOST_OCTETS) return [tooLong(line, url)];
      const expires = cookie?.expirationDate()?.getTime() ?? Number.POSITIVE_INFINITY;
      // one that takes another away is not kept, either
      if (cookie === undefined || expires <= clock.wall()) return [];
      if (new QNetworkCookieJar().setCookiesFromHeader(line, url.href)) return [];
      const name = cookie.name().toString();
      return [
        {
          code: 'cookie-refused' as const,
          seen: [`set by ${shown(url)}`],
          known: { cookie: name, detail: whyNot(cookie, url.scheme) },
        },
      ];
    }),
  );
}

/** RFC 6265bis 5.7: of name and value together. */
const MOST_OCTETS = 4096;

function tooLong(line: string, url: Url): Warning {
  const cookie = /^\s*([^=;\s]{1,100})/.exec(line)?.[1] ?? '';
  return {
    code: 'cookie-refused',
    seen: [`set by ${shown(url)}`],
    known: { cookie, detail: `it is longer than ${MOST_OCTETS} octets` },
  };
}

/** The reasons that people meet (RFC 6265bis 5.7). */
function whyNot(cookie: QNetworkCookie, scheme: string): string {
  const name = cookie.name().toString();
  if (cookie.isSecure() && scheme === 'http') return 'it is Secure, and came over plain http';
  if (/^__(?:Secure|Host)-/i.test(name))
    return `its name promises what it does not keep (${name.slice(0, name.indexOf('-') + 1)})`;
  if (!cookie.isSecure() && cookie.sameSitePolicy() === QNetworkCookie.SameSite.None) return 'SameSite=None wants Secure';
  if (cookie.domain() !== '') return `its Domain, ${cookie.domain()}, is not for this host to speak for`;
  return 'it breaks the rules of RFC 6265bis';
}

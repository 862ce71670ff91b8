import type { FindingCode } from '../../api/advice/advice.ts';
import { namesSocket } from '../../base/local-scheme.ts';
import { decodeAll } from '../../base/percent.ts';
import { hideInText } from '../../base/redaction.ts';
import type { Url } from '../../base/url.ts';
import { bracketed } from '../../base/url-authority.ts';
import type { Ask } from '../../contract/ask.ts';
import { doubtText } from '../../rules/certificate-doubts.ts';
import { certificatesOf, dateOf, meaningOf, nameOf, namesOf, pinOf, weaknessOf } from './chain.ts';
import type { Surroundings } from './surroundings.ts';
import type { Seen } from './voyage.ts';

type Known = Record<string, string>;

/** What stands in the place of the names in braces of an advice. */
export function knownOf(code: FindingCode, seen: Seen, ask: Ask, around: Surroundings): Known {
  const { url, head, proxy } = seen;
  return {
    host: hostOf(url),
    known: around.knownHost,
    place: placeOf(url),
    scheme: url.scheme,
    proxy: proxy || 'that has answered',
    rule: around.because.at(-1) ?? '',
    status: String(head?.status ?? 0),
    limitName: seen.failure?.limit?.name ?? '',
    limit: String(seen.failure?.limit?.milliseconds ?? ''),
    plainUrl: shown(url.with({ scheme: 'http' })),
    secureUrl: shown(url.with({ scheme: 'https' })),
    detail: detailOf(code, seen),
    ...certificateWords(code, seen, ask),
  };
}

/** A URL for people. */
export function shown(url: Url): string {
  return hideInText(url.hrefWithoutUserInfo);
}

export function placeOf(url: Url): string {
  return namesSocket(url.scheme) ? hostOf(url) : `${bracketed(url.host ?? '')}:${url.effectivePort}`;
}

function certificateWords(code: FindingCode, seen: Seen, ask: Ask): Known {
  const name = ask.wishes.peerName || (seen.url.host ?? '');
  const certificates = seen.secure === null ? [] : certificatesOf(seen.secure);
  const [first] = certificates;
  if (first === undefined) return { name };
  const at = seen.secure!.doubts.find((doubt) => meaningOf(doubt, seen.secure!) === code)?.at ?? -1;
  const meant = certificates[at] ?? first;
  const names = namesOf(first);
  return {
    name,
    issuer: nameOf(meant.subject),
    names: names.length === 0 ? 'nobody' : some(names, MOST_NAMES),
    // one with an asterisk is the name of nobody
    firstName: names.find((one) => !one.includes('*')) ?? '',
    from: dateOf(meant.validFrom),
    to: dateOf(meant.validTo),
    authority: nameOf(certificates.at(-1)!.issuer),
    pin: pinOf(first),
  };
}

function detailOf(code: FindingCode, seen: Seen): string {
  const { head, questions, secure } = seen;
  const field = (name: string): string => head?.headers.get(name) ?? '';
  switch (code) {
    case 'auth-needed':
    case 'auth-refused': {
      const schemes = (head?.headers.all('WWW-Authenticate') ?? []).map((value) => /^[^\s,]*/.exec(value)![0]);
      return [...new Set(schemes)].join(', ') || questions[0]?.scheme || 'it does not say how';
    }
    case 'not-allowed':
      return field('Allow') || 'it does not say which';
    case 'rate-limited':
    case 'unavailable':
      return field('Retry-After') === '' ? 'it does not say when' : `Retry-After says ${field('Retry-After')}`;
    case 'redirect-loop':
      return some([...new Set(seen.stops.map(({ url }) => shown(url)))], MOST_PLACES);
    case 'tls-weak': {
      const weak =
        secure === null
          ? ''
          : certificatesOf(secure)
              .map(weaknessOf)
              .find((text) => text !== '');
      if (weak) return weak;
      break;
    }
    default:
      break;
  }
  const doubt = secure?.doubts.find((one) => meaningOf(one, secure) === code);
  return doubt === undefined ? hideInText(seen.failure?.message ?? '') : doubtText(doubt.code);
}

const MOST_NAMES = 6;
const MOST_PLACES = 3;

/** A server may have thousands of them. */
function some(things: readonly string[], most: number): string {
  const more = things.length - most;
  return more <= 0 ? things.join(', ') : `${things.slice(0, most).join(', ')} and ${more} more`;
}

/** The host of a URL, or the path of the local socket that it names. */
function hostOf({ scheme, host }: Url): string {
  return namesSocket(scheme) ? decodeAll(host ?? '') : (host ?? '');
}

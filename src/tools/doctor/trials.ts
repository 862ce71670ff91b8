import type { FindingCode } from '../../api/advice/advice.ts';
import type { Wishes } from '../../contract/ask.ts';
import type { Change, Laboratory } from './laboratory.ts';
import { isInTheOpen } from './reading.ts';
import type { Seen } from './voyage.ts';

/** What a symptom is when a change helps. */
interface Trial {
  readonly change: Change;
  readonly means: FindingCode;
  /** Whether it is worth trying. */
  readonly when?: (seen: Seen, wishes: Wishes) => boolean;
}

const overTls = ({ url }: Seen): boolean => url.scheme === 'https';
const plain = ({ url }: Seen): boolean => url.scheme === 'http';
const overHttp2 = ({ secure }: Seen): boolean => secure?.alpn === 'h2';
const withCookies = ({ stops }: Seen): boolean => stops.some(({ head }) => head?.headers.has('Set-Cookie') === true);

const direct = ({ proxy }: Seen): boolean => proxy === '';
const proxied = ({ proxy }: Seen): boolean => proxy !== '';

const SYSTEM_PROXY: readonly Trial[] = [
  { change: 'proxy of the system', means: 'proxy-not-used', when: direct },
  { change: 'another system proxy', means: 'proxy-not-used', when: direct },
];
const OTHER_PROXY: readonly Trial[] = [
  { change: 'as socks5', means: 'proxy-wrong-kind', when: proxied },
  { change: 'as http', means: 'proxy-wrong-kind', when: proxied },
  { change: 'as https', means: 'proxy-wrong-kind', when: proxied },
  { change: 'directly', means: 'proxy-needless', when: proxied },
];
const DIRECTLY: readonly Trial[] = [{ change: 'directly', means: 'proxy-needless', when: proxied }];
const GATEWAY: readonly Trial[] = [{ change: 'directly', means: 'proxy-needless', when: isInTheOpen }];
const TLS_PORT: Trial = { change: 'https', means: 'http-on-tls-port', when: (seen) => plain(seen) && direct(seen) };
const PLAIN_PORT: Trial = { change: 'plain http', means: 'tls-plain-server', when: overTls };
const OLDER: readonly Trial[] = [
  { change: 'offers a shared key', means: 'tls-shared-key' },
  { change: 'default TLS', means: 'tls-own-settings' },
  { change: 'old ciphers', means: 'tls-old-cipher' },
  { change: 'old versions', means: 'tls-old-version' },
];
/** What both sides know to encrypt with was agreed on, so it is not for want of that. */
const OUR_CERTIFICATE: readonly Trial[] = [
  { change: 'notes secrets', means: 'tls-client-certificate', when: (_seen, { tls }) => (tls?.identity ?? null) === null },
  {
    change: 'notes secrets',
    means: 'tls-client-certificate-refused',
    when: (_seen, { tls }) => (tls?.identity ?? null) !== null,
  },
];
/** A server that does not let us in may close when the handshake is over. */
const SHUT_OUT: readonly Trial[] = OUR_CERTIFICATE.map(({ means, when }) => ({
  change: 'TLS 1.2',
  means,
  when: (seen, wishes) => overTls(seen) && seen.secure?.protocol === 'TLSv1.3' && when!(seen, wishes),
}));
const WITHOUT_H2: Trial = { change: 'HTTP/1.1', means: 'http2-broken', when: overHttp2 };

/** Servers take four kilobytes of fields at least. */
const MANY = 3_500;

/** For each symptom what is tried, until something helps. */
const TRIALS: Readonly<Partial<Record<FindingCode, readonly Trial[]>>> = {
  'host-unknown': SYSTEM_PROXY,
  'dns-silent': SYSTEM_PROXY,
  'connection-refused': SYSTEM_PROXY,
  'connect-timeout': SYSTEM_PROXY,
  'network-unreachable': SYSTEM_PROXY,
  'proxy-unreachable': DIRECTLY,
  'proxy-unknown': DIRECTLY,
  'proxy-silent': OTHER_PROXY,
  'proxy-closes': OTHER_PROXY,
  'proxy-no-proxy': OTHER_PROXY,
  'proxy-fails': OTHER_PROXY,
  'proxy-cannot-reach': DIRECTLY,
  'proxy-cannot-resolve': DIRECTLY,
  unavailable: GATEWAY,
  'gateway-error': GATEWAY,
  'tls-unknown-issuer': [
    { change: 'fetches intermediates', means: 'tls-missing-intermediate' },
    { change: 'trusts the system', means: 'tls-system-authority' },
  ],
  'tls-unknown-root': [{ change: 'trusts the system', means: 'tls-system-authority' }],
  'tls-self-signed': [{ change: 'trusts the system', means: 'tls-system-authority' }],
  'tls-not-spoken': [PLAIN_PORT],
  'tls-silent': [PLAIN_PORT],
  'tls-closed': [PLAIN_PORT, ...OUR_CERTIFICATE, ...OLDER],
  'tls-no-common': [...OUR_CERTIFICATE, ...OLDER],
  'closed-without-answer': [TLS_PORT, WITHOUT_H2, ...SHUT_OUT],
  'no-answer': [TLS_PORT, WITHOUT_H2, ...OTHER_PROXY],
  'not-http': [TLS_PORT, WITHOUT_H2],
  'broken-http': [WITHOUT_H2],
  'cut-off': [WITHOUT_H2],
  'http2-broken': [WITHOUT_H2],
  'client-error': [
    {
      change: 'without cookies',
      means: 'fields-too-large',
      when: ({ head, cookieOctets }) => head?.status === 400 && cookieOctets > MANY,
    },
    { ...TLS_PORT, when: (seen, wishes) => TLS_PORT.when!(seen, wishes) && seen.head?.status === 400 },
  ],
  'redirect-loop': [{ change: 'keeps cookies', means: 'cookies-needed', when: withCookies }],
};

/** They show what is wrong, and are not what puts it right. */
const REVEALING: ReadonlySet<Change> = new Set(['notes secrets', 'offers a shared key', 'TLS 1.2']);

/** What a symptom turns out to be. */
export interface Verdict {
  readonly code: FindingCode;
  /** The change that shows it; null = none does. */
  readonly by: Change | null;
  /** It helps, too. */
  readonly tried: boolean;
  /** The cipher that was agreed on with it. */
  readonly cipher: string;
}

/** What nothing was tried for, or nothing helps. */
export function asItIs(code: FindingCode): Verdict {
  return { code, by: null, tried: false, cipher: '' };
}

/** Tries, one after the other, what may help. */
export async function tryOut(symptom: FindingCode, seen: Seen, wishes: Wishes, laboratory: Laboratory): Promise<Verdict> {
  for (const { change, means, when } of TRIALS[symptom] ?? []) {
    if (when !== undefined && !when(seen, wishes)) continue;
    if (await laboratory.helps(change, symptom))
      return { code: means, by: change, tried: laboratory.arrived && !REVEALING.has(change), cipher: laboratory.cipher };
  }
  return asItIs(symptom);
}

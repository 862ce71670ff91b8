import { readBareHost } from '../../base/url-host.ts';
import type { Credentials } from '../../contract/auth.ts';
import type { NegotiateSource, TokenSource } from '../../contract/auth-sources.ts';
import { netrcCredentials } from '../../system/netrc.ts';
import { machineTickets } from '../../system/tickets.ts';
import { type QUrl, qurlFrom } from '../core/qurl.ts';

/** What a bearer token is wanted for. */
export interface TokenRequest {
  /** The URL that was refused, without user name and password. */
  readonly url: QUrl;
  /** As the server says it; '' when it says nothing. */
  readonly realm: string;
  /** What the token has to be good for, as the server says it; empty when it says nothing. */
  readonly scope: readonly string[];
  /** The token that was not accepted, to be renewed; '' when none was sent. */
  readonly expired: string;
  /** What the server has against that one: `invalid_token`, `insufficient_scope`; '' when it says nothing. */
  readonly error: string;
}

/** Who answers when servers and proxies want to know who asks, before the signals do. */
export interface AuthenticationOptions {
  /**
   * Bearer tokens (RFC 6750), such as those of OAuth: called when a server has answered 401 and wants one. What it gives, at once or later, is sent to
   * that server from then on, and asked for anew when it is refused; all requests that wait share one call. null or '' is no token, and the 401 stands; what it
   * throws is the end of the requests. Tokens go over https only, and to this machine.
   *
   *     new QNetworkAccessManager({ tokenSource: async ({ expired }) => (expired === '' ? stored() : refresh()) });
   */
  tokenSource?: ((request: TokenRequest) => string | null | PromiseLike<string | null>) | undefined;
  /**
   * Kerberos tickets (Negotiate, RFC 4559): `hosts` lists the servers that get them, `intranet.example.org` or with all below
   * `.example.org`, over https only and not where a redirect from elsewhere leads; proxies that were set get them, too. They are those of
   * who runs the process, by the package `kerberos`, which has to be installed; or `source` makes the messages. Nobody gets any unless set.
   */
  negotiate?: { readonly hosts: Iterable<string>; readonly source?: NegotiateSource | undefined } | undefined;
  /**
   * Names and passwords of servers from a netrc file, by host, before anybody is asked: the path of one, or true for that of the user: what the environment
   * names in NETRC, else `.netrc` in the home directory. Read when a server asks; a file that makes no sense is the end of the request. false unless set.
   */
  netrc?: boolean | string | undefined;
  /**
   * Answers, for the same server, in a weaker scheme than it has been answered in before: Basic after Digest, say. false unless set, since that is what
   * somebody in between would ask for who wants the password.
   */
  allowWeakerAuthentication?: boolean | undefined;
}

/** The names of the options. */
export const AUTHENTICATION_OPTIONS: readonly (keyof AuthenticationOptions)[] = [
  ...(['tokenSource', 'negotiate', 'netrc', 'allowWeakerAuthentication'] as const),
];

/** The options, checked and in the words of the engine. */
export interface AuthenticationSettings {
  readonly tokens: TokenSource | null;
  readonly negotiate: NegotiateSource | null;
  /** Hosts that get tickets; those with all below them begin with a dot. */
  readonly ticketHosts: readonly string[];
  /** Throws when the file cannot be used. */
  readonly netrc: ((host: string) => Credentials | null) | null;
  readonly allowWeaker: boolean;
}

const NOTHING: AuthenticationSettings = Object.freeze({
  tokens: null,
  negotiate: null,
  ticketHosts: Object.freeze([]),
  netrc: null,
  allowWeaker: false,
});

const WHERE = 'QNetworkAccessManager option';

/** Throws a TypeError that names the option that cannot be used. */
export function authenticationSettings(options: AuthenticationOptions): AuthenticationSettings {
  const { tokenSource: tokens, negotiate, netrc = false, allowWeakerAuthentication: weaker = false } = options;
  if (tokens === undefined && negotiate === undefined && netrc === false && weaker === false) return NOTHING;
  if (tokens !== undefined && typeof tokens !== 'function')
    throw new TypeError(`${WHERE} tokenSource expects a function; got ${typeof tokens}.`);
  if (typeof netrc !== 'boolean' && (typeof netrc !== 'string' || netrc === ''))
    throw new TypeError(`${WHERE} netrc expects true, false or the path of a file; got ${netrc === '' ? "''" : typeof netrc}.`);
  if (typeof weaker !== 'boolean')
    throw new TypeError(`${WHERE} allowWeakerAuthentication expects true or false; got ${String(weaker)}.`);
  return {
    tokens:
      tokens === undefined ? null : (question) => tokens({ ...question, url: qurlFrom(question.url.with({ userInfo: null })) }),
    negotiate: negotiate === undefined ? null : sourceOf(negotiate),
    ticketHosts: negotiate === undefined ? [] : hostsOf(negotiate),
    netrc: netrc === false ? null : netrcCredentials(netrc === true ? '' : netrc),
    allowWeaker: weaker,
  };
}

type Negotiate = NonNullable<AuthenticationOptions['negotiate']>;

function sourceOf({ source }: Negotiate): NegotiateSource {
  if (source === undefined) return machineTickets();
  if (typeof source?.start !== 'function')
    throw new TypeError(`${WHERE} negotiate.source expects an object with the method start.`);
  return source;
}

function hostsOf({ hosts }: Negotiate): string[] {
  if (typeof hosts !== 'object' || hosts === null || !(Symbol.iterator in hosts))
    throw new TypeError(`${WHERE} negotiate expects an object with a list of hosts: { hosts: ['intranet.example.org'] }.`);
  return [...hosts].map((name) => {
    const text = String(name);
    const { host, error } = readBareHost(text.replace(/^\./, ''));
    if (typeof name !== 'string' || error !== '' || host === '')
      throw new TypeError(`${WHERE} negotiate.hosts expects names of hosts, '.name' with all below it; got '${text}'.`);
    return text.startsWith('.') ? `.${host}` : host;
  });
}

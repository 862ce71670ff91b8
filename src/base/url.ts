import { namesSocket } from './local-scheme.ts';
import { ALLOWED, firstForbidden, IN_FRAGMENT, IN_PATH, IN_QUERY, recode } from './percent.ts';
import { bracketed, hostInUrl, NO_AUTHORITY, readAuthority, recodeUserInfo } from './url-authority.ts';
import { readBareHost, readBareSocketName, showCharacter } from './url-host.ts';
import { mergePaths, removeDots } from './url-path.ts';
import { readSite } from './url-site.ts';

/** What a URL is made of. Texts may be given unescaped: what may not stand in a part is escaped. */
export interface UrlParts {
  /** '' for a relative reference. */
  readonly scheme: string;
  /** `user` or `user:password`, null when there is none. */
  readonly userInfo: string | null;
  /**
   * Null when there is no authority; '' is an authority without a name (`file:///x`). An IPv6 address has no brackets. The name of a local
   * socket is encoded (`unix+http://%2Frun%2Fx.sock/`).
   */
  readonly host: string | null;
  /** -1 when none is spelled. */
  readonly port: number;
  readonly path: string;
  /** Without `?`; null when there is none, '' for a lone `?`. */
  readonly query: string | null;
  /** Without `#`; null when there is none. */
  readonly fragment: string | null;
}

const NO_PARTS: UrlParts = Object.freeze({
  scheme: '',
  userInfo: null,
  host: null,
  port: -1,
  path: '',
  query: null,
  fragment: null,
});

/**
 * A parsed URL that never changes: RFC 3986 as Qt reads it, with every part in encoded form. Unlike the parser of browsers it keeps
 * relative references, a spelled default port, dot segments and an empty host. What was parsed here is what is dialled.
 */
export class Url implements UrlParts {
  // Declared only: the constructor gives every instance the same shape at once.
  declare readonly scheme: string;
  declare readonly userInfo: string | null;
  declare readonly host: string | null;
  declare readonly port: number;
  declare readonly path: string;
  declare readonly query: string | null;
  declare readonly fragment: string | null;
  /** '' when the text was a URL; else what is wrong with it, and then all parts are empty. Never holds the user info. */
  declare readonly error: string;
  declare private knownHref: string | null;
  declare private knownTarget: string | null;
  declare private knownAuthority: string | null;
  declare private knownOrigin: string | null;

  private constructor(
    scheme: string,
    userInfo: string | null,
    host: string | null,
    port: number,
    path: string,
    query: string | null,
    fragment: string | null,
    error: string,
    href: string | null,
  ) {
    this.scheme = scheme;
    this.userInfo = userInfo;
    this.host = host;
    this.port = port;
    this.path = path;
    this.query = query;
    this.fragment = fragment;
    this.error = error;
    this.knownHref = href;
    this.knownTarget = null;
    this.knownAuthority = null;
    this.knownOrigin = null;
  }

  /** Reads a URL or a relative reference. Never throws; see `error`. Strict: characters that would have to be escaped are errors. */
  static parse(text: string, strict = false): Url {
    return Url.parsePlain(text) ?? Url.parseAny(text, strict);
  }

  /** Puts a URL together. Parts that are left out are absent. Never throws; see `error`. */
  static from(parts: Partial<UrlParts>): Url {
    const { scheme, userInfo, host, port, path, query, fragment } = { ...NO_PARTS, ...parts };
    if (scheme !== '' && schemeLength(scheme + ':') !== scheme.length)
      return Url.invalid('Invalid scheme (letters, digits, + - . permitted)');
    if (!Number.isInteger(port) || port < -1 || port > 65535)
      return Url.invalid(`Invalid port or port number out of range: ${port}`);
    let name: string | null = null;
    if (host !== null || userInfo !== null || port !== -1) {
      const reading = namesSocket(scheme.toLowerCase()) ? readBareSocketName(host ?? '') : readBareHost(host ?? '');
      if (reading.error !== '') return Url.invalid(reading.error);
      name = reading.host;
    }
    return Url.checked(
      scheme.toLowerCase(),
      userInfo === null ? null : recodeUserInfo(userInfo),
      name,
      port,
      recode(path, IN_PATH),
      query === null ? null : recode(query, IN_QUERY),
      fragment === null ? null : recode(fragment, IN_FRAGMENT),
    );
  }

  /** The empty URL. */
  static readonly EMPTY: Url = new Url('', null, null, -1, '', null, null, '', '');

  /** What parsing gives for text that is no URL. */
  static invalid(error: string): Url {
    return new Url('', null, null, -1, '', null, null, error, '');
  }

  /** The common case in one pass: absolute http(s) without user info, already in normal form. Null sends the text the long way. */
  private static parsePlain(text: string): Url | null {
    const site = readSite(text);
    if (site === null) return null;
    const length = text.length;
    const pathAt = site.prefix.length;
    let i = pathAt;
    if (i < length && text.charCodeAt(i) === SLASH) i = endOf(text, i, IN_PATH);
    const pathEnd = i;
    let query: string | null = null;
    if (i < length && text.charCodeAt(i) === MARK) {
      i = endOf(text, pathEnd + 1, IN_QUERY);
      query = text.slice(pathEnd + 1, i);
    }
    let fragment: string | null = null;
    if (i < length && text.charCodeAt(i) === HASH) {
      const fragmentAt = i + 1;
      i = endOf(text, fragmentAt, IN_FRAGMENT);
      fragment = text.slice(fragmentAt, i);
    }
    if (i < length) return null;
    const url = new Url(site.scheme, null, site.host, site.port, text.slice(pathAt, pathEnd), query, fragment, '', text);
    url.knownAuthority = site.authority;
    url.knownOrigin = site.origin;
    return url;
  }

  /** Any text. RFC 3986 appendix B, then each part by its own rules. */
  private static parseAny(text: string, strict: boolean): Url {
    const hash = text.indexOf('#');
    const beforeHash = hash < 0 ? text : text.slice(0, hash);
    const mark = beforeHash.indexOf('?');
    const hierarchy = mark < 0 ? beforeHash : beforeHash.slice(0, mark);
    const query = mark < 0 ? null : beforeHash.slice(mark + 1);
    const fragment = hash < 0 ? null : text.slice(hash + 1);

    const colon = schemeLength(hierarchy);
    const scheme = colon < 0 ? '' : hierarchy.slice(0, colon).toLowerCase();
    let path = hierarchy.slice(colon + 1);
    let authority = NO_AUTHORITY;
    if (path.startsWith('//')) {
      const slash = path.indexOf('/', 2);
      authority = readAuthority(slash < 0 ? path.slice(2) : path.slice(2, slash), strict, namesSocket(scheme));
      if (authority.error !== '') return Url.invalid(authority.error);
      path = slash < 0 ? '' : path.slice(slash);
    }
    const wrong = strict ? strictError(path, query, fragment) : '';
    if (wrong !== '') return Url.invalid(wrong);
    return Url.checked(
      scheme,
      authority.userInfo,
      authority.host,
      authority.port,
      recode(path, IN_PATH),
      query === null ? null : recode(query, IN_QUERY),
      fragment === null ? null : recode(fragment, IN_FRAGMENT),
    );
  }

  /** Parts in normal form; only their combination is still in question (RFC 3986 sections 3.3 and 4.2). */
  private static checked(
    scheme: string,
    userInfo: string | null,
    host: string | null,
    port: number,
    path: string,
    query: string | null,
    fragment: string | null,
  ): Url {
    if (host !== null && path !== '' && !path.startsWith('/'))
      return Url.invalid('Path component is relative and authority is present');
    if (host === null && path.startsWith('//')) return Url.invalid("Path component starts with '//' and authority is absent");
    if (host === null && scheme === '' && /^[^/]*:/.test(path))
      return Url.invalid("Relative URL's path component contains ':' before any '/'");
    return new Url(scheme, userInfo, host, port, path, query, fragment, '', null);
  }

  /** True when there is a URL, and it is well-formed. An empty one is not valid, as in Qt. */
  get valid(): boolean {
    return this.error === '' && !this.empty;
  }

  get empty(): boolean {
    return (
      this.path === '' &&
      this.scheme === '' &&
      this.host === null &&
      this.query === null &&
      this.fragment === null &&
      this.error === ''
    );
  }

  get relative(): boolean {
    return this.scheme === '';
  }

  /** The whole URL, encoded, dot segments as they were given. '' when invalid. */
  get href(): string {
    this.knownHref ??= compose(this, this.userInfo);
    return this.knownHref;
  }

  /** As `href`, for texts that people read: without user name and password. */
  get hrefWithoutUserInfo(): string {
    return this.userInfo === null ? this.href : compose(this, null);
  }

  /** What console.log shows, also of those who hold one: never the password. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Url('${this.hrefWithoutUserInfo}')`;
  }

  /** The request target in origin form (RFC 9112 section 3.2.1): path without dot segments, and query. */
  get target(): string {
    if (this.knownTarget === null) {
      const path = removeDots(this.path);
      const absolute = path.startsWith('/') ? path : '/' + path;
      this.knownTarget = this.query === null ? absolute : absolute + '?' + this.query;
    }
    return this.knownTarget;
  }

  /** Value of the Host header: the host, in brackets if need be, and the port if one is spelled. A zone never leaves this machine (RFC 6874 section 4). */
  get authority(): string {
    if (this.knownAuthority === null) {
      const host = this.host ?? '';
      const name = host.includes(':') ? `[${host.replace(/%.*$/, '')}]` : host;
      this.knownAuthority = this.port < 0 ? name : name + ':' + this.port;
    }
    return this.knownAuthority;
  }

  /** `scheme://host:port` with the port that is dialled, if there is one; equal for URLs of one origin (RFC 6454 section 4). */
  get origin(): string {
    this.knownOrigin ??= this.makeOrigin();
    return this.knownOrigin;
  }

  private makeOrigin(): string {
    const port = this.effectivePort;
    return this.scheme + '://' + bracketed(this.host ?? '') + (port < 0 ? '' : ':' + port);
  }

  /** The port spelled, else the scheme's own; -1 when neither is known. */
  get effectivePort(): number {
    if (this.port >= 0) return this.port;
    return this.scheme === 'http'
      ? 80
      : this.scheme === 'https'
        ? 443
        : this.scheme === 'ftp' || this.scheme === 'ftpes'
          ? 21
          : -1;
  }

  /** The URL that `ref` means when found in this one (RFC 3986 section 5.2.2, strict). An invalid one of the two is the answer itself. */
  resolve(ref: Url): Url {
    if (ref.error !== '') return ref;
    if (this.error !== '') return this;
    if (ref.scheme !== '')
      return Url.checked(ref.scheme, ref.userInfo, ref.host, ref.port, removeDots(ref.path), ref.query, ref.fragment);
    const { scheme, userInfo, host, port } = this;
    if (ref.host !== null)
      return Url.checked(scheme, ref.userInfo, ref.host, ref.port, removeDots(ref.path), ref.query, ref.fragment);
    if (ref.path === '') return Url.checked(scheme, userInfo, host, port, this.path, ref.query ?? this.query, ref.fragment);
    const path = ref.path.startsWith('/') ? ref.path : mergePaths(this, ref.path);
    return Url.checked(scheme, userInfo, host, port, removeDots(path), ref.query, ref.fragment);
  }

  /** This URL with other parts. */
  with(changes: Partial<UrlParts>): Url {
    const { scheme, userInfo, host, port, path, query, fragment } = this;
    return Url.from({ scheme, userInfo, host, port, path, query, fragment, ...changes });
  }
}

const SLASH = 0x2f;
const MARK = 0x3f;
const HASH = 0x23;

function endOf(text: string, from: number, mask: number): number {
  let i = from;
  while (i < text.length && (ALLOWED[text.charCodeAt(i)]! & mask) !== 0) i++;
  return i;
}

/** Length of the scheme before the first `:`, -1 when there is none. */
function schemeLength(text: string): number {
  const match = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(text);
  return match === null ? -1 : match[0].length;
}

function strictError(path: string, query: string | null, fragment: string | null): string {
  const parts: [string, string, number][] = [
    ['path', path, IN_PATH],
    ['query', query ?? '', IN_QUERY],
    ['fragment', fragment ?? '', IN_FRAGMENT],
  ];
  for (const [name, text, mask] of parts) {
    const i = firstForbidden(text, mask);
    if (i >= 0) return `Invalid ${name} (character ${showCharacter(text, i)} not permitted at position ${i})`;
  }
  return '';
}

/** RFC 3986 section 5.3. */
function compose(url: Url, userInfo: string | null): string {
  let text = url.scheme === '' ? '' : url.scheme + ':';
  if (url.host !== null) {
    text += '//' + (userInfo === null ? '' : userInfo + '@') + hostInUrl(url.host);
    if (url.port >= 0) text += ':' + url.port;
  } else if (url.scheme === 'file' && url.path.startsWith('/')) {
    // The desktop's rules for file URLs want three slashes, and so does Qt.
    text += '//';
  }
  text += url.path;
  if (url.query !== null) text += '?' + url.query;
  return url.fragment === null ? text : text + '#' + url.fragment;
}

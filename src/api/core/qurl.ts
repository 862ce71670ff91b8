import { namesSocket } from '../../base/local-scheme.ts';
import {
  decodeAll,
  encodeDecoded,
  encodeText,
  firstForbidden,
  IN_FRAGMENT,
  IN_PATH,
  IN_QUERY,
  IN_USER_INFO,
  recode,
} from '../../base/percent.ts';
import { Url, type UrlParts } from '../../base/url.ts';
import { readAuthority, splitUserInfo } from '../../base/url-authority.ts';
import { toAscii, toUnicode } from '../../base/url-host.ts';
import { type EnumValue, withEnums } from './enums.ts';
import { asBuffer, type BytesLike, toBytes } from './qbytearray.ts';
import {
  ComponentFormattingOption,
  ParsingMode,
  showAuthority,
  showHost,
  showLocalFile,
  showPart,
  showUrl,
  strip,
  UrlFormattingOption,
} from './qurl-format.ts';
import { fileUrl, guessUrl } from './qurl-guess.ts';
import type { QUrlQuery } from './qurlquery.ts';

/** What is accepted wherever a URL goes in. */
export type UrlLike = QUrl | URL | string;

const { PrettyDecoded, FullyDecoded, FullyEncoded } = ComponentFormattingOption;
const { TolerantMode, StrictMode, DecodedMode } = ParsingMode;

const NO_AUTHORITY = { userInfo: null, host: null, port: -1 };

let readUrl: (q: QUrl) => Url;
let makeFrom: (u: Url) => QUrl;

/**
 * A URL (Qt: QUrl), read by RFC 3986. Unlike `URL` it may be relative, keeps a port that is the scheme's own, keeps dot segments until
 * the request is sent, and never throws for bad text: then `isValid()` is false and `errorString()` says why.
 *
 *     const url = new QUrl('http://example.com/a b?q=1');
 *     url.setPort(8080);
 *     url.toString(); // 'http://example.com:8080/a b?q=1'
 *     url.toString(QUrl.FullyEncoded); // 'http://example.com:8080/a%20b?q=1'
 *     url.resolved('../c').path(); // '/c'
 *
 * Setters take text in the mode given: `TolerantMode` reads escapes and escapes what needs it, `StrictMode` refuses what needs it,
 * `DecodedMode` takes every character, `%` too, for itself. Setting a part that cannot be makes the URL invalid until it is set right.
 */
export class QUrl extends withEnums({ ParsingMode, UrlFormattingOption, ComponentFormattingOption }) {
  #url: Url;
  /** The parts of an invalid URL that is being put together, so that the next setter can make it whole. */
  #draft: UrlParts | null = null;

  static {
    readUrl = (q) => q.#url;
    makeFrom = (u) => {
      const q = new QUrl();
      q.#url = u;
      return q;
    };
  }

  /** Reads `url`; default: the empty URL. A QUrl is copied. `mode` is for text: TolerantMode (default) or StrictMode. */
  constructor(url?: UrlLike, mode: number = TolerantMode) {
    super();
    this.#url = url === undefined ? Url.EMPTY : toUrl(url, mode);
    if (url instanceof QUrl) this.#draft = url.#draft;
  }

  /** Reads another URL. */
  setUrl(url: UrlLike, mode: number = TolerantMode): void {
    this.#url = toUrl(url, mode);
    this.#draft = url instanceof QUrl ? url.#draft : null;
  }

  /** Makes the URL empty. */
  clear(): void {
    this.setUrl('');
  }

  /** True for a well-formed URL that is not empty. */
  isValid(): boolean {
    return this.#url.valid;
  }

  /** True when nothing was set. */
  isEmpty(): boolean {
    return this.#draft === null && this.#url.empty;
  }

  /** True without a scheme: the URL means something only together with another, see `resolved`. */
  isRelative(): boolean {
    return this.#parts.scheme === '';
  }

  /** True for scheme `file`, whatever the host. */
  isLocalFile(): boolean {
    return this.#parts.scheme === 'file';
  }

  /** Why the URL is invalid; '' when it is not. */
  errorString(): string {
    return this.#url.error;
  }

  /** In lower case; '' when there is none. */
  scheme(): string {
    return this.#parts.scheme;
  }

  /** '' makes the URL relative. */
  setScheme(scheme: string): void {
    this.#change({ scheme });
  }

  /** International names readable (with `FullyEncoded` as ACE), IPv6 addresses without brackets; '' when there is none. */
  host(options: number = FullyDecoded): string {
    return showHost(this.#parts.host ?? '', options);
  }

  /** Null takes the whole authority away. */
  setHost(host: string | null, mode: number = DecodedMode): void {
    if (host === null) this.#change(NO_AUTHORITY);
    else if (mode === DecodedMode && host.includes('%') && !host.includes(':'))
      this.#fail({ host }, 'Invalid hostname (% not permitted)');
    else this.#change({ host });
  }

  /** The port spelled in the URL, else `defaultPort` (-1). */
  port(defaultPort = -1): number {
    const { port } = this.#parts;
    return port < 0 ? defaultPort : port;
  }

  /** 0 to 65535; -1 takes the port away. */
  setPort(port: number): void {
    this.#change({ port });
  }

  /** Default: decoded. */
  userName(options: number = FullyDecoded): string {
    return showPart(splitUserInfo(this.#parts.userInfo)[0], options, ':@[]/?#');
  }

  /** '' without a password takes the user info away. */
  setUserName(userName: string | null, mode: number = DecodedMode): void {
    const user = this.#given(userName ?? '', mode, IN_USER_INFO, 'user name');
    if (user !== null) this.#setUser(user.replaceAll(':', '%3A'), splitUserInfo(this.#parts.userInfo)[1]);
  }

  /** Default: decoded. */
  password(options: number = FullyDecoded): string {
    return showPart(splitUserInfo(this.#parts.userInfo)[1] ?? '', options, ':@[]/?#');
  }

  /** '' takes the password away. */
  setPassword(password: string | null, mode: number = DecodedMode): void {
    const text = this.#given(password ?? '', mode, IN_USER_INFO, 'password');
    if (text !== null) this.#setUser(splitUserInfo(this.#parts.userInfo)[0], text === '' ? null : text);
  }

  /** `user:password`; a `:` within the user name stays escaped. */
  userInfo(options: number = PrettyDecoded): string {
    const [user, password] = splitUserInfo(this.#parts.userInfo);
    const name = showPart(user, options, '@[]/?#');
    return password === null ? name : name + ':' + showPart(password, options, '@[]/?#');
  }

  /** '' or null takes user name and password away. */
  setUserInfo(userInfo: string | null, mode: number = TolerantMode): void {
    const text = this.#given(userInfo ?? '', mode, IN_USER_INFO, 'user info');
    if (text !== null) this.#change({ userInfo: text === '' ? null : text });
  }

  /** User info, host and port as they stand in the URL. */
  authority(options: number = PrettyDecoded): string {
    return showAuthority(this.#parts, options, '/?#');
  }

  /** '' or null takes user info, host and port away. */
  setAuthority(authority: string | null, mode: number = TolerantMode): void {
    const { userInfo, host, port, error } = authority
      ? readAuthority(authority, mode === StrictMode, namesSocket(this.#parts.scheme))
      : { ...NO_AUTHORITY, error: '' };
    if (error !== '') this.#fail({}, error);
    else this.#change({ userInfo, host, port });
  }

  /** Default: decoded; then an escaped slash cannot be told from a real one, `QUrl.FullyEncoded` keeps it. */
  path(options: number = FullyDecoded): string {
    return showPart(strip(this.#parts, options).path, options, '?#');
  }

  setPath(path: string, mode: number = DecodedMode): void {
    const text = this.#given(path, mode, IN_PATH, 'path');
    if (text !== null) this.#change({ path: text });
  }

  /** What follows the last slash of the path. */
  fileName(options: number = FullyDecoded): string {
    const { path } = this.#parts;
    return showPart(path.slice(path.lastIndexOf('/') + 1), options, '?#');
  }

  /** Without `?`. Default: readable, with everything left escaped that would change the meaning. */
  query(options: number = PrettyDecoded): string {
    return showPart(this.#parts.query ?? '', options, '#');
  }

  /** '' keeps the `?`; null, and a QUrlQuery without items, take the query away. */
  setQuery(query: string | QUrlQuery | null, mode: number = TolerantMode): void {
    if (query !== null && typeof query !== 'string') query = query.isEmpty() ? null : query.toString(FullyEncoded);
    const text = query === null ? null : this.#given(query, mode, IN_QUERY, 'query');
    if (query === null || text !== null) this.#change({ query: text });
  }

  /** True when there is a `?`, even with nothing behind it. */
  hasQuery(): boolean {
    return this.#parts.query !== null;
  }

  /** Without `#`. */
  fragment(options: number = PrettyDecoded): string {
    return showPart(this.#parts.fragment ?? '', options, '#');
  }

  /** '' keeps the `#`; null takes the fragment away. */
  setFragment(fragment: string | null, mode: number = TolerantMode): void {
    const text = fragment === null ? null : this.#given(fragment, mode, IN_FRAGMENT, 'fragment');
    if (fragment === null || text !== null) this.#change({ fragment: text });
  }

  /** True when there is a `#`. */
  hasFragment(): boolean {
    return this.#parts.fragment !== null;
  }

  /** The URL that `relative` means when found at this one (RFC 3986 section 5). An empty one means this URL. */
  resolved(relative: UrlLike): QUrl {
    const ref = toUrl(relative);
    if (ref.empty) return new QUrl(this);
    return qurlFrom(this.#url.empty ? ref : this.#url.resolve(ref));
  }

  /** A copy without what the options take away, or with its path tidied. Empty when this URL is invalid. */
  adjusted(options: number): QUrl {
    return this.isValid() ? qurlFrom(Url.from(strip(this.#url, options))) : new QUrl();
  }

  /** For people; with `QUrl.FullyEncoded` for machines. Either reads back as the same URL. '' when invalid. */
  override toString(options: number = PrettyDecoded): string {
    if (!this.isValid()) return '';
    const { PreferLocalFile, RemovePath, RemoveQuery, RemoveFragment } = UrlFormattingOption;
    if ((options & PreferLocalFile) !== 0 && (options & RemovePath) === 0 && this.isLocalFile()) {
      const { query, fragment } = this.#url;
      if ((query === null || options & RemoveQuery) && (fragment === null || options & RemoveFragment)) return this.toLocalFile();
    }
    return showUrl(this.#url, options);
  }

  /** For people to see: never with the password. */
  toDisplayString(options: number = PrettyDecoded): string {
    return this.toString(options | UrlFormattingOption.RemovePassword);
  }

  /** For machines: ASCII only. */
  toEncoded(options: number = FullyEncoded): Buffer {
    return Buffer.from(this.toString(options | FullyEncoded), 'utf8');
  }

  /** Fully encoded. */
  toJSON(): string {
    return this.#url.href;
  }

  /** Path of the file that a `file:` URL names; '' for all other URLs. */
  toLocalFile(): string {
    return showLocalFile(this.#parts, FullyDecoded);
  }

  /** True when both read the same fully encoded. */
  equals(other: UrlLike): boolean {
    const url = toUrl(other);
    return this.#url.href === url.href && this.#url.error === url.error;
  }

  /** `file:` URL for a path. Every character stands for itself; `//host/x` names a host. Empty for ''. */
  static fromLocalFile(path: string): QUrl {
    return makeFrom(fileUrl(path));
  }

  /** Reads a URL in bytes (UTF-8). */
  static fromEncoded(data: BytesLike, mode: number = TolerantMode): QUrl {
    return new QUrl(asBuffer(toBytes(data)).toString('utf8'), mode);
  }

  /** What a person may have meant who typed this: a URL, an absolute path of a file, or a URL without `http://`. Empty when nothing fits. */
  static fromUserInput(text: string): QUrl {
    return makeFrom(guessUrl(text));
  }

  /** A host name with its international labels as ACE (`xn--…`); empty when it is no valid name. */
  static toAce(domain: string): Buffer {
    return Buffer.from(toAscii(domain).host, 'latin1');
  }

  /** The readable form of a host name in ACE; '' when it is no valid name. */
  static fromAce(domain: BytesLike): string {
    return toUnicode(toAscii(asBuffer(toBytes(domain)).toString('latin1')).host);
  }

  /** Escapes all but letters, digits and `-._~`; not those in `exclude`, also those in `include`. */
  static toPercentEncoding(text: string, exclude = '', include = ''): Buffer {
    return Buffer.from(encodeText(text, exclude, include), 'latin1');
  }

  /** Undoes `toPercentEncoding`. */
  static fromPercentEncoding(data: BytesLike): string {
    return decodeAll(asBuffer(toBytes(data)).toString('utf8'));
  }

  /** @internal What console.log shows: never the password. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `QUrl('${this.toDisplayString()}')`;
  }

  get #parts(): UrlParts {
    return this.#draft ?? this.#url;
  }

  /** Text of a part as the mode reads it, in normal form; null when it was refused. */
  #given(text: string, mode: number, mask: number, name: string): string | null {
    if (mode === DecodedMode) return encodeDecoded(text, mask);
    if (mode === StrictMode && firstForbidden(text, mask) >= 0) {
      this.#fail({}, `Invalid ${name} (a character is not permitted)`);
      return null;
    }
    return recode(text, mask);
  }

  #setUser(user: string, password: string | null): void {
    this.#change({ userInfo: password !== null ? user + ':' + password : user === '' ? null : user });
  }

  #change(changes: Partial<UrlParts>): void {
    const { scheme, userInfo, host, port, path, query, fragment } = this.#parts;
    const parts: UrlParts = { scheme, userInfo, host, port, path, query, fragment, ...changes };
    this.#url = Url.from(parts);
    this.#draft = this.#url.error === '' ? null : parts;
  }

  #fail(changes: Partial<UrlParts>, error: string): void {
    const { scheme, userInfo, host, port, path, query, fragment } = this.#parts;
    this.#draft = { scheme, userInfo, host, port, path, query, fragment, ...changes };
    this.#url = Url.invalid(error);
  }
}

/** Types of the class's enums. */
export declare namespace QUrl {
  type ParsingMode = EnumValue<typeof ParsingMode>;
  type UrlFormattingOption = EnumValue<typeof UrlFormattingOption>;
  type ComponentFormattingOption = EnumValue<typeof ComponentFormattingOption>;
}

/** The record behind a QUrl. It never changes: setters replace it. */
export function urlOf(q: QUrl): Url {
  return readUrl(q);
}

/** A QUrl for a record. */
export function qurlFrom(u: Url): QUrl {
  return makeFrom(u);
}

/** A QUrl for whatever a user gave; a QUrl is given back itself, not copied. */
export function toQUrl(u: UrlLike): QUrl {
  return u instanceof QUrl ? u : new QUrl(u);
}

/** The record for whatever a user gave. Throws a TypeError for what is no URL at all. */
export function toUrl(u: UrlLike, mode: number = TolerantMode): Url {
  if (typeof u === 'string') {
    if (mode === DecodedMode)
      throw new TypeError('QUrl.DecodedMode is for setting one part (setPath and its like), not for a whole URL');
    return Url.parse(u, mode === StrictMode);
  }
  if (u instanceof QUrl) return readUrl(u);
  if (u instanceof URL) return Url.parse(u.href);
  throw new TypeError(`Expected a URL (a QUrl, a URL or a string), got ${u === null ? 'null' : typeof u}`);
}

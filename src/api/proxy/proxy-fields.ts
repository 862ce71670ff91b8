import { HeaderList } from '../../base/header-list.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import type { KnownHeaders } from '../access/access-enums.ts';
import {
  combinedPairs,
  combinedText,
  type KnownHeaderInput,
  type KnownHeaderValue,
  knownHeaderName,
  knownHeaderText,
  rawHeaderName,
  rawHeaderText,
  readKnownHeader,
  setLines,
} from '../access/known-headers.ts';
import { type HeadersInit, headerListOf, headersFrom, QHttpHeaders } from '../access/qhttpheaders.ts';
import { DEFAULT_PROXY, type ProxyState } from './proxy-state.ts';

/** What a proxy says now. */
export let stateOf: (proxy: ProxyFields) => ProxyState;
/** Lets the proxy say what `state` says. */
export let takeState: (proxy: ProxyFields, state: ProxyState) => void;

/** The header fields of a QNetworkProxy, and what it keeps everything in. */
export class ProxyFields {
  #state: ProxyState = DEFAULT_PROXY;

  static {
    stateOf = (proxy) => proxy.#state;
    takeState = (proxy, state) => {
      proxy.#state = state;
    };
  }

  /** The parsed value of a known header, or null when it is not set or its text is of another form. Qt 5.0. */
  header<K extends number>(header: K): KnownHeaderValue<K> | null {
    return readKnownHeader(this.#state.headers, header, 'QNetworkProxy.header');
  }

  /**
   * Sets a known header from its value, as {@link QNetworkRequest.setHeader} does; null removes it. Header fields of a proxy go along with
   * CONNECT, and with nothing else. Throws a TypeError for a value without a text form. Qt 5.0.
   */
  setHeader(header: KnownHeaders, value: KnownHeaderInput): void {
    const where = 'QNetworkProxy.setHeader';
    const name = knownHeaderName(header, where);
    const text = knownHeaderText(header, value, where);
    this.#change((list) => (text === null ? list.remove(name) : setLines(list, name, text)));
  }

  /** True when a header of this name is set, even with an empty value. Qt 5.0. */
  hasRawHeader(headerName: string | Uint8Array): boolean {
    return this.#state.headers.has(fieldText(headerName));
  }

  /** The names of all headers as they were given, in order, each once. Qt 5.0. */
  rawHeaderList(): Buffer[] {
    return combinedPairs(this.#state.headers).map(([name]) => Buffer.from(name, 'latin1'));
  }

  /** The bytes of a header's value, several joined by ", "; empty when it is not set. Qt 5.0. */
  rawHeader(headerName: string | Uint8Array): Buffer {
    return Buffer.from(combinedText(this.#state.headers, fieldText(headerName)) ?? '', 'latin1');
  }

  /**
   * Sets a header, replacing one of this name where it stands. A string is sent as UTF-8, bytes as they are. null removes the header,
   * '' sends it empty. Throws a TypeError, and changes nothing, for what cannot be sent (RFC 9110 5.5). Qt 5.0.
   */
  setRawHeader(headerName: string | Uint8Array, value: string | Uint8Array | null): void {
    const where = 'QNetworkProxy.setRawHeader';
    const name = rawHeaderName(headerName, where);
    const text = value === null || value === undefined ? null : rawHeaderText(name, value, where);
    this.#change((list) => (text === null ? list.remove(name) : list.set(name, text)));
  }

  /** All headers; a copy. Qt 6.8. */
  headers(): QHttpHeaders {
    return headersFrom(this.#state.headers);
  }

  /** Replaces all headers. Throws a TypeError that names the first field that cannot be sent. Qt 6.8. */
  setHeaders(newHeaders: HeadersInit): void {
    const headers = newHeaders instanceof QHttpHeaders ? newHeaders : new QHttpHeaders(newHeaders);
    this.#state = { ...this.#state, headers: headerListOf(headers).copy() };
  }

  #change(change: (list: HeaderList) => void): void {
    const headers = new HeaderList([...this.#state.headers.flat]);
    change(headers);
    this.#state = { ...this.#state, headers };
  }
}

import { HeaderList } from '../../base/header-list.ts';
import type { StreamSource } from '../bridge/source-device.ts';
import { isMultiPart, isStreamSource } from '../bridge/source-kinds.ts';
import { type BytesLike, QByteArray, toBytes } from '../core/qbytearray.ts';
import { NO_BYTES, QIODevice } from '../core/qiodevice.ts';
import type { KnownHeaders } from './access-enums.ts';
import {
  type KnownHeaderInput,
  knownHeaderName,
  knownHeaderText,
  rawHeaderName,
  rawHeaderText,
  setLines,
} from './known-headers.ts';
import { sameFields } from './qhttpheaders.ts';
import type { QHttpMultiPart } from './qhttpmultipart.ts';

/** What the body of a part can be read from: a device, or what Node programs have instead of one. */
export type PartSource = QIODevice | StreamSource;

/** Bytes at hand, a multipart of its own, or a source. */
type PartBody = Uint8Array | QHttpMultiPart | PartSource;

let contentOf: (part: QHttpPart) => PartContent;
let partOf: (headers: HeaderList, body: PartBody) => QHttpPart;

/**
 * One part of a {@link QHttpMultiPart}: its headers and its body. A value: a multipart takes its own copy, so a part can be changed and
 * appended again.
 *
 * ```ts
 * const part = new QHttpPart();
 * part.setHeader(QNetworkRequest.ContentTypeHeader, 'image/jpeg');
 * part.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="image"; filename="cat.jpg"');
 * const file = new QFile('cat.jpg');
 * file.open(QIODevice.ReadOnly);
 * part.setBodyDevice(file);
 * ```
 *
 * Nothing but what is set goes out as headers, in the order in which it was set. Qt: QHttpPart (4.8).
 */
export class QHttpPart {
  #headers: HeaderList;
  #body: Uint8Array | QHttpMultiPart = NO_BYTES;
  #source: PartSource | null = null;

  static {
    contentOf = (part) => ({ headers: part.#headers, body: part.#source ?? part.#body });
    partOf = (headers, body) => {
      const part = new QHttpPart();
      part.#headers = headers;
      if (body instanceof Uint8Array || isMultiPart(body)) part.#body = body;
      else part.#source = body;
      return part;
    };
  }

  /** An empty part, or a copy of another. */
  constructor(other?: QHttpPart) {
    this.#headers = other === undefined ? new HeaderList() : other.#headers.copy();
    if (other === undefined) return;
    this.#body = other.#body;
    this.#source = other.#source;
  }

  /** True when both have the same headers in the same order, and the same body: equal bytes, or the very same device. */
  equals(other: QHttpPart): boolean {
    if (this.#source !== other.#source || !sameFields(this.#headers, other.#headers)) return false;
    const [a, b] = [this.#body, other.#body];
    return a === b || (a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0);
  }

  /** Sets a known header from its value, as {@link QNetworkRequest.setHeader} does. null removes it. */
  setHeader(header: KnownHeaders, value: KnownHeaderInput): void {
    const where = 'QHttpPart.setHeader';
    const name = knownHeaderName(header, where);
    const text = knownHeaderText(header, value, where);
    if (text === null) this.#headers.remove(name);
    else setLines(this.#headers, name, text);
  }

  /**
   * Sets a header, replacing one of this name where it stands. A string is sent as UTF-8, bytes as they are. null removes the header.
   * Throws a TypeError, and changes nothing, when the name is no token or the value contains a line break or another control character.
   */
  setRawHeader(headerName: string | Uint8Array, headerValue: string | Uint8Array | null): void {
    const where = 'QHttpPart.setRawHeader';
    const name = rawHeaderName(headerName, where);
    if (headerValue === null || headerValue === undefined) this.#headers.remove(name);
    else this.#headers.set(name, rawHeaderText(name, headerValue, where));
  }

  /**
   * Sets the body to text (sent as UTF-8) or bytes, which are copied, in place of a device set before. Not in Qt: to a multipart, which
   * is sent within this part; the part's Content-Type is that of the multipart unless it is set.
   */
  setBody(body: BytesLike | QHttpMultiPart): void {
    this.#body = isMultiPart(body) ? body : ownBytes(body, 'QHttpPart.setBody');
    this.#source = null;
  }

  /**
   * Sets a device to read the body from when it is sent, from where it stands when the request is made; null goes back to what
   * `setBody` set. The device has to be open then and stay so until `finished`; it is not closed. A sequential device is read to its
   * end before the request is sent, unless the request has DoNotBufferUploadDataAttribute and the Content-Length of the whole.
   *
   * Not in Qt: a Blob, a Node or web stream, an iterable, or a function that gives one each time the body is sent. When their length is
   * not known the whole multipart goes in chunks. A stream can be sent only once: give a function to have redirects and resends work.
   */
  setBodyDevice(device: PartSource | null): void {
    this.#source = device === null ? null : checkedSource(device, 'QHttpPart.setBodyDevice');
  }
}

export interface PartContent {
  /** To be read only. */
  readonly headers: HeaderList;
  readonly body: PartBody;
}

/** What a part consists of. */
export function partContent(part: QHttpPart): PartContent {
  return contentOf(part);
}

/** A part of headers and a body that were checked before, and are its own from now on. */
export function partFrom(headers: HeaderList, body: PartBody): QHttpPart {
  return partOf(headers, body);
}

/** The bytes, which their owner may change from now on. Throws a TypeError for what is none. */
export function ownBytes(body: BytesLike, where: string): Uint8Array {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === 'string' || body instanceof QByteArray) return toBytes(body);
  throw new TypeError(
    `${where} expects text or bytes; got ${kindOf(body)}. Devices, Blobs and streams are set with setBodyDevice().`,
  );
}

/** The source itself. Throws a TypeError for what a body cannot be read from. */
export function checkedSource(source: PartSource, where: string): PartSource {
  if (source instanceof QIODevice || isStreamSource(source)) return source;
  throw new TypeError(
    `${where} expects a QIODevice, a Blob, a stream, an async iterable or a function that gives one; got ${kindOf(source)}. Text and bytes are set with setBody().`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? `an object of class ${value.constructor?.name ?? 'null'}` : `a ${typeof value}`;
}

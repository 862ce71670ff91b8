import { randomToken } from '../../base/clock.ts';
import { boundaryProblem } from '../../rules/multipart.ts';
import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';
import { QObject } from '../core/qobject.ts';
import { QHttpPart } from './qhttppart.ts';

const ContentType = makeEnum({
  MixedType: 0,
  RelatedType: 1,
  FormDataType: 2,
  AlternativeType: 3,
});

const SUBTYPES: Readonly<Record<number, string>> = {
  [ContentType.MixedType]: 'mixed',
  [ContentType.RelatedType]: 'related',
  [ContentType.FormDataType]: 'form-data',
  [ContentType.AlternativeType]: 'alternative',
};

let contentOf: (multiPart: QHttpMultiPart) => MultiPartContent;

/**
 * A MIME multipart message as the body of a request (Qt: QHttpMultiPart, 4.8): give it to `post`, `put` or `sendCustomRequest`. The
 * request then says `Content-Type: multipart/…; boundary="…"`, unless it has a Content-Type of its own, and `MIME-Version: 1.0`.
 *
 * ```ts
 * const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
 * const text = new QHttpPart();
 * text.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="text"');
 * text.setBody('my text');
 * form.append(text);
 * const reply = manager.post('https://example.org/upload', form);
 * form.setParent(reply); // as in Qt; here nothing has to be kept by hand
 * ```
 *
 * Devices of parts are read while the request is sent, never as a whole. The request takes the parts as they are when it is made. With
 * setContentType() and a part's setBody() multiparts can be put into each other. RFC 2046 section 5.1.
 */
export class QHttpMultiPart extends withEnums(QObject, { ContentType }) {
  #type: ContentType = ContentType.MixedType;
  #boundary: string | null = null;
  readonly #parts: QHttpPart[] = [];

  static {
    contentOf = (multiPart) => ({
      subtype: SUBTYPES[multiPart.#type]!,
      boundary: multiPart.#boundaryText(),
      parts: multiPart.#parts,
    });
  }

  /** Default: MixedType. */
  constructor(parent?: QObject | null);
  constructor(contentType: QHttpMultiPart.ContentType, parent?: QObject | null);
  constructor(first: QHttpMultiPart.ContentType | QObject | null = null, second: QObject | null = null) {
    super(typeof first === 'number' ? second : first);
    if (typeof first === 'number') this.#type = checked(first, 'QHttpMultiPart');
  }

  /** Adds a copy of a part at the end. */
  append(httpPart: QHttpPart): void {
    if (!(httpPart instanceof QHttpPart))
      throw new TypeError('QHttpMultiPart.append expects a QHttpPart; a multipart goes into one with its setBody().');
    this.#parts.push(new QHttpPart(httpPart));
  }

  /** Sets what kind of multipart this is. For another subtype set the Content-Type of the request, with the boundary. */
  setContentType(contentType: QHttpMultiPart.ContentType): void {
    this.#type = checked(contentType, 'QHttpMultiPart.setContentType');
  }

  /** What separates the parts. Unless it is set, `boundary_.oOo._` and 32 random characters, which no body contains. */
  boundary(): Buffer {
    return Buffer.from(this.#boundaryText(), 'latin1');
  }

  /**
   * Sets what separates the parts; no body may contain it. Throws a TypeError unless it has 1 to 70 letters, digits, spaces and
   * `'()+_,-./:=?`, with no space at the end (RFC 2046 5.1.1).
   */
  setBoundary(boundary: BytesLike): void {
    const text = asBuffer(toBytes(boundary)).toString('latin1');
    const problem = boundaryProblem(text);
    if (problem) throw new TypeError(`QHttpMultiPart.setBoundary: the boundary ${problem} (RFC 2046 5.1.1).`);
    this.#boundary = text;
  }

  #boundaryText(): string {
    this.#boundary ??= `boundary_.oOo._${randomToken()}`;
    return this.#boundary;
  }
}

export declare namespace QHttpMultiPart {
  type ContentType = EnumValue<typeof ContentType>;
}

export interface MultiPartContent {
  /** The second half of its media type. */
  readonly subtype: string;
  readonly boundary: string;
  /** To be read only. */
  readonly parts: readonly QHttpPart[];
}

/** What a multipart consists of. */
export function multiPartContent(multiPart: QHttpMultiPart): MultiPartContent {
  return contentOf(multiPart);
}

type ContentType = QHttpMultiPart.ContentType;

function checked(type: ContentType, where: string): ContentType {
  if (SUBTYPES[type] !== undefined) return type;
  throw new TypeError(`${where} expects QHttpMultiPart.ContentType; got ${String(type)}.`);
}

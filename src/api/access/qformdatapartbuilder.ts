import { HeaderList } from '../../base/header-list.ts';
import { isBlob } from '../../bodies/source-kinds.ts';
import { type FileNameForms, formDisposition } from '../../rules/form-data.ts';
import { guessMediaType, SNIFFED } from '../../rules/media-type.ts';
import type { BytesLike } from '../core/qbytearray.ts';
import { NO_BYTES, QIODevice } from '../core/qiodevice.ts';
import { rawHeaderText } from './known-headers.ts';
import { type HeadersInit, headerListOf, QHttpHeaders } from './qhttpheaders.ts';
import { checkedSource, ownBytes, type PartSource, partFrom, type QHttpPart } from './qhttppart.ts';

/** A field as it is known so far. */
interface Field {
  readonly name: string;
  fileName: string | null;
  /** '' is to be guessed. */
  mimeType: string;
  headers: HeaderList;
  body: Uint8Array | PartSource;
}

const NO_HEADERS = new HeaderList();

let builderOf: (field: Field) => QFormDataPartBuilder;
let fieldOf: (builder: QFormDataPartBuilder) => Field;

/**
 * One field of a form that a {@link QFormDataBuilder} makes; its `part()` gives one. All functions give the builder itself, so that
 * calls can follow each other:
 *
 * ```ts
 * builder.part('image').setBodyDevice(file, 'cat.jpg').setHeaders({ 'X-Origin': 'camera' });
 * ```
 *
 * The part has a `content-type`, the one given or one guessed of name and content, and a `content-disposition`.
 * Qt: QFormDataPartBuilder (6.8).
 */
export class QFormDataPartBuilder {
  #field: Field;

  static {
    builderOf = (field) => {
      const builder = new QFormDataPartBuilder();
      builder.#field = field;
      return builder;
    };
    fieldOf = (builder) => builder.#field;
  }

  /** Another handle of the field that `other` is for, as in Qt. Without it, one of a field that belongs to no form. */
  constructor(other?: QFormDataPartBuilder) {
    this.#field = other === undefined ? newField('') : other.#field;
  }

  /**
   * Sets the body to text (sent as UTF-8) or bytes, which are copied. `fileName` is what the file is called there, none unless given;
   * without `mimeType` the type is guessed. Throws a TypeError when one of them cannot be sent.
   */
  setBody(data: BytesLike, fileName?: string | null, mimeType?: string): this {
    return this.#set(ownBytes(data, 'QFormDataPartBuilder.setBody'), fileName, mimeType, 'QFormDataPartBuilder.setBody');
  }

  /**
   * Sets what the body is read from when it is sent: an open device or, not in Qt, a Blob, a stream or a function that gives one, see
   * {@link QHttpPart.setBodyDevice}. null is an empty body. Without `mimeType` the type is guessed of the name and, where they can be
   * looked at, the first bytes.
   */
  setBodyDevice(body: PartSource | null, fileName?: string | null, mimeType?: string): this {
    const where = 'QFormDataPartBuilder.setBodyDevice';
    return this.#set(body === null ? NO_BYTES : checkedSource(body, where), fileName, mimeType, where);
  }

  /** Sets further headers of the part; `content-type` and `content-disposition` among them are overwritten. */
  setHeaders(headers: HeadersInit): this {
    this.#field.headers = headerListOf(new QHttpHeaders(headers));
    return this;
  }

  #set(body: Uint8Array | PartSource, fileName: string | null = null, mimeType = '', where: string): this {
    if (fileName !== null && typeof fileName !== 'string')
      throw new TypeError(`${where}: a file name is a string; got a ${typeof fileName}.`);
    const type = rawHeaderText('content-type', mimeType, where);
    Object.assign(this.#field, { body, fileName, mimeType: type });
    return this;
  }
}

function newField(name: string): Field {
  return { name, fileName: null, mimeType: '', headers: NO_HEADERS, body: NO_BYTES };
}

/** A builder of a new field. */
export function newPartBuilder(name: string): QFormDataPartBuilder {
  return builderOf(newField(name));
}

/** The part that a builder stands for now. */
export function builtPart(builder: QFormDataPartBuilder, forms: FileNameForms): QHttpPart {
  const { name, fileName, mimeType, headers, body } = fieldOf(builder);
  const list = headers.copy();
  list.set('content-type', mimeType || guessedType(fileName ?? '', body));
  list.set('content-disposition', formDisposition(name, fileName, forms));
  return partFrom(list, body);
}

function guessedType(fileName: string, body: Field['body']): string {
  if (body instanceof Uint8Array) return guessMediaType(fileName, body);
  if (body instanceof QIODevice) return guessMediaType(fileName, body.isReadable() ? body.peek(SNIFFED) : null);
  return (isBlob(body) && body.type) || guessMediaType(fileName, null);
}

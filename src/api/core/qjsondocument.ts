import { type EnumValue, makeEnum, withEnums } from './enums.ts';
import { jsonFault } from './json-fault.ts';
import { jsonText } from './json-text.ts';
import { type BytesLike, toBytes } from './qbytearray.ts';
import { NO_BYTES } from './qiodevice.ts';
import { QJsonParseError } from './qjsonparseerror.ts';

const JsonFormat = makeEnum({ Indented: 0, Compact: 1 });

let wrap: (text: string, value: unknown) => QJsonDocument;

/**
 * A JSON object or array (Qt: QJsonDocument, 5.0), as `QRestReply.readJson` gives it and `QRestAccessManager` takes it. A value
 * that never changes. As in Qt a text or number alone is no document, although RFC 8259 calls it JSON.
 *
 *     const document = QJsonDocument.fromJson('{"name": "one", "tags": []}');
 *     if (!document.isNull()) console.log(document.toVariant());
 *     QJsonDocument.fromVariant({ a: 1 }).toJson('Compact').toString(); // '{"a":1}'
 */
export class QJsonDocument extends withEnums({ JsonFormat }) {
  /** JSON text, '' for the null document. */
  #text = '';
  /** What the text was parsed to, until somebody gets it: everyone has a value of his own. */
  #fresh: unknown;

  static {
    wrap = (text, value) => {
      const document = new QJsonDocument();
      document.#text = text;
      document.#fresh = value;
      return document;
    };
  }

  /**
   * Reads JSON text (UTF-8, a byte order mark is passed over). The null document when it is not valid, or neither object nor
   * array; then `error` says what is wrong.
   */
  static fromJson(json: BytesLike, error?: QJsonParseError | null): QJsonDocument {
    const bytes = toBytes(json);
    let fault = null;
    let document = NULL_DOCUMENT;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) document = wrap(text, value);
      else fault = jsonFault(bytes);
    } catch {
      fault = jsonFault(bytes);
    }
    if (error !== undefined && error !== null) {
      error.error = fault?.error ?? QJsonParseError.NoError;
      error.offset = fault?.offset ?? 0;
    }
    return document;
  }

  /**
   * A document of a plain object, a Map (an object as well) or an array, taken as it is now. Within them bytes become text;
   * `toJSON` methods are called. The null document for everything else. Throws a TypeError for what JSON cannot express, such as
   * a circle.
   */
  static fromVariant(variant: unknown): QJsonDocument {
    if (typeof variant !== 'object' || variant === null) return NULL_DOCUMENT;
    const text = jsonText(variant, 'QJsonDocument.fromVariant');
    return text.startsWith('{') || text.startsWith('[') ? wrap(text, undefined) : NULL_DOCUMENT;
  }

  /**
   * The document as UTF-8 text: 'Indented' (default) by four spaces and with a line feed at the end, or 'Compact'. Names stand in
   * the order in which JavaScript lists them; Qt sorts them. Empty for the null document.
   */
  toJson(format: QJsonDocument.JsonFormat | 'Indented' | 'Compact' = JsonFormat.Indented): Buffer {
    const kind = typeof format === 'string' ? JsonFormat[format] : format;
    if (kind !== JsonFormat.Indented && kind !== JsonFormat.Compact) {
      throw new TypeError(`QJsonDocument.toJson expects 'Indented' or 'Compact'; got ${String(format)}.`);
    }
    if (this.#text === '') return NO_BYTES;
    const value: unknown = JSON.parse(this.#text);
    return Buffer.from(kind === JsonFormat.Compact ? JSON.stringify(value) : `${JSON.stringify(value, null, 4)}\n`, 'utf8');
  }

  /** The object or array; a new one with each call, so that it may be changed. null for the null document. */
  toVariant<T = unknown>(): T {
    if (this.#text === '') return null as T;
    const value = this.#fresh ?? JSON.parse(this.#text);
    this.#fresh = undefined;
    return value as T;
  }

  /** True for a document without content: what was read was no JSON, or what it was made of neither object nor array. */
  isNull(): boolean {
    return this.#text === '';
  }

  /** For `JSON.stringify`. */
  toJSON(): unknown {
    return this.toVariant();
  }
}

const NULL_DOCUMENT = new QJsonDocument();

/** Types of the class's enums. */
export declare namespace QJsonDocument {
  type JsonFormat = EnumValue<typeof JsonFormat>;
}

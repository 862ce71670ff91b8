import { NO_BYTES } from '../core/qiodevice.ts';
import { QJsonDocument } from '../core/qjsondocument.ts';
import { QJsonParseError } from '../core/qjsonparseerror.ts';
import { NetworkError } from './access-enums.ts';
import { QNetworkReply } from './qnetworkreply.ts';
import { charsetFor } from './reply-text.ts';

/**
 * A reply seen as the answer of a service (Qt: QRestReply, 6.7): a status is an answer, whatever it says, and only what went
 * wrong on the way is an error. Callbacks of {@link QRestAccessManager} get one; it can be laid over any reply.
 *
 *     const reply = new QRestReply(await manager.get('https://example.org/items/1').whenFinished());
 *     if (reply.isSuccess()) console.log(reply.readJson()?.toVariant());
 *     else console.log(reply.hasError() ? reply.errorString() : reply.httpStatus());
 *
 * It does not own the reply. Reading takes the bytes away, here and there.
 */
export class QRestReply {
  readonly #reply: QNetworkReply | null;
  /** null before there was text, false once it could not be decoded. */
  #decoder: ReturnType<typeof decoderFor> | false = null;

  /** Throws a TypeError for what is neither a reply nor null. With null there is no status, no error and nothing to read. */
  constructor(reply: QNetworkReply | null) {
    if (reply !== null && !(reply instanceof QNetworkReply)) {
      throw new TypeError('QRestReply expects a QNetworkReply or null; a promise has to be awaited first.');
    }
    this.#reply = reply;
  }

  /** The reply below, for headers, attributes and signals. */
  networkReply(): QNetworkReply | null {
    return this.#reply;
  }

  /**
   * The body as a JSON object or array; null, with the reason in `error`, when it is no such thing. Before the reply is finished
   * it is null as well, nothing is read and `error` has NoError. Expects UTF-8, the only encoding of JSON between systems (RFC
   * 8259 8.1).
   */
  readJson(error?: QJsonParseError | null): QJsonDocument | null {
    const reply = this.#reply;
    if (reply === null || !reply.isFinished()) {
      if (error) {
        error.error = QJsonParseError.NoError;
        error.offset = 0;
      }
      return null;
    }
    const document = QJsonDocument.fromJson(reply.readAll(), error);
    return document.isNull() ? null : document;
  }

  /** The bytes that have come and were not read yet. */
  readBody(): Buffer {
    return this.#reply?.readAll() ?? NO_BYTES;
  }

  /**
   * The text that has come and was not read yet, decoded by the charset of the Content-Type (a name of the WHATWG Encoding
   * Standard), UTF-8 without one. A character that has come by half waits for the next call. '' when there is nothing new, once
   * there were bytes that the charset does not have, and for a charset that nobody knows; for that readBody() still has the
   * bytes.
   */
  readText(): string {
    const reply = this.#reply;
    if (reply === null) return '';
    // Before anything was read the head may still be to come, and with it the charset.
    const decoder = this.#decoder ?? decoderFor(charsetFor(reply));
    if (decoder === null) return '';
    const body = reply.readAll();
    if (body.length === 0 || decoder === false) return '';
    this.#decoder = decoder;
    try {
      return decoder.decode(body, { stream: true });
    } catch {
      this.#decoder = false;
      return '';
    }
  }

  /** True when the status is 200 to 299 and nothing went wrong since. While the reply runs this can still change. */
  isSuccess(): boolean {
    return !this.hasError() && this.isHttpStatusSuccess();
  }

  /** The HTTP status; 0 when there is none, or none yet. */
  httpStatus(): number {
    return this.#reply?.status() ?? 0;
  }

  /** True when the status is 200 to 299, however the reply went on. */
  isHttpStatusSuccess(): boolean {
    const status = this.httpStatus();
    return status >= 200 && status < 300;
  }

  /**
   * True when something other than the status went wrong: no connection, a lost one, a timeout, an abort, a body that cannot be
   * decoded. (Qt's code, other than its documentation, forgets all but the lost connection once there is a status.)
   */
  hasError(): boolean {
    return this.error() !== NetworkError.NoError;
  }

  /** The error, NoError when the server has answered, with whatever status. */
  error(): QNetworkReply.NetworkError {
    const reply = this.#reply;
    const failure = reply?.failure() ?? null;
    return reply === null || failure === null || failure.kind === 'status' ? NetworkError.NoError : reply.error();
  }

  /** The error in words, '' without one. */
  errorString(): string {
    return this.hasError() ? this.#reply!.errorString() : '';
  }
}

/** null for a charset that is not known. */
function decoderFor(charset: string) {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    return null;
  }
}

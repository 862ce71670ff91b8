import { blobType, guardStream, isBlob, isFormData, isNodeStream, spentText } from '../../bodies/source-kinds.ts';
import type { QHttpMultiPart } from '../access/qhttpmultipart.ts';
import { QBuffer } from '../core/qbuffer.ts';
import { type BytesLike, QByteArray } from '../core/qbytearray.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { formBody } from './form-data.ts';
import { multipartBody } from './multipart.ts';
import { SourceDevice, type StreamSource } from './source-device.ts';
import { isMultiPart, isStreamSource } from './source-kinds.ts';

/** What a verb takes as a body. A function is called for the body each time it has to be sent, so a redirect or a resend can have it again. */
export type BodySource = QIODevice | QHttpMultiPart | BytesLike | ArrayBuffer | URLSearchParams | FormData | StreamSource;

/** A body with the Content-Type that belongs to it; '' when the bytes do not say. */
export interface BodyDevice {
  readonly device: QIODevice;
  readonly contentType: string;
  /** The request says that it is a MIME message. */
  readonly mime?: true;
}

/**
 * Dresses any body source as a device, because overridden `createRequest`s expect one. Bytes are copied, so the caller may use his
 * memory again at once. Throws a TypeError for what can be no body, and for a stream that was read before.
 */
export function deviceFor(data: BodySource, where: string): BodyDevice {
  if (data instanceof QIODevice) return { device: data, contentType: '' };
  if (typeof data === 'string' || data instanceof QByteArray) return { device: opened(data), contentType: '' };
  if (data instanceof Uint8Array) return { device: opened(Buffer.from(data)), contentType: '' };
  if (data instanceof ArrayBuffer) return { device: opened(Buffer.from(new Uint8Array(data))), contentType: '' };
  if (data instanceof URLSearchParams)
    return { device: opened(data.toString()), contentType: 'application/x-www-form-urlencoded;charset=UTF-8' };
  if (isMultiPart(data)) return { ...multipartBody(data, where), mime: true };
  if (isFormData(data)) return formBody(data);
  if (isBlob(data)) return { device: new SourceDevice(data, data.size), contentType: blobType(data) };
  if (!isStreamSource(data)) {
    const got = data === null ? 'null' : typeof data;
    throw new TypeError(
      `${where}: a body is text, bytes, a QIODevice, QHttpMultiPart, Blob, FormData, URLSearchParams, stream, async iterable or a function that gives one; got ${got}`,
    );
  }
  const problem = spentText(data);
  if (problem !== '') throw new TypeError(`${where}: ${problem}`);
  if (isNodeStream(data)) guardStream(data);
  return { device: new SourceDevice(data), contentType: '' };
}

function opened(bytes: BytesLike): QBuffer {
  const buffer = new QBuffer(bytes);
  buffer.open(QIODevice.ReadOnly);
  return buffer;
}

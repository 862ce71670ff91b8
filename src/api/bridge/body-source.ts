import { randomToken } from '../../base/clock.ts';
import { type BytesLike, QByteArray } from '../core/qbytearray.ts';
import { QBuffer } from '../core/qbuffer.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { isBlob, isNodeStream } from './source-body.ts';
import { SourceDevice, type StreamSource } from './source-device.ts';

/** What a verb takes as a body. A function is called for the body each time it has to be sent, so a redirect or a resend can have it again. */
export type BodySource = QIODevice | BytesLike | ArrayBuffer | URLSearchParams | FormData | StreamSource;

/** A body with the Content-Type that belongs to it; '' when the bytes do not say. */
export interface BodyDevice {
  readonly device: QIODevice;
  readonly contentType: string;
}

/** Dresses any body source as a device, because overridden `createRequest`s expect one. */
export function deviceFor(data: BodySource, where: string): BodyDevice {
  if (data instanceof QIODevice) return { device: data, contentType: '' };
  if (typeof data === 'string' || data instanceof Uint8Array || data instanceof QByteArray) return { device: opened(data), contentType: '' };
  if (data instanceof ArrayBuffer) return { device: opened(new Uint8Array(data)), contentType: '' };
  if (data instanceof URLSearchParams) return { device: opened(data.toString()), contentType: 'application/x-www-form-urlencoded;charset=UTF-8' };
  if (isFormData(data)) return formDevice(data);
  if (isBlob(data)) return { device: new SourceDevice(data), contentType: data.type };
  if (typeof data === 'function' || isNodeStream(data) || isIterable(data)) return { device: new SourceDevice(data as StreamSource), contentType: '' };
  const got = data === null ? 'null' : typeof data;
  throw new TypeError(`${where}: a body is text, bytes, a QIODevice, Blob, FormData, URLSearchParams, stream, async iterable or a function that gives one; got ${got}`);
}

function opened(bytes: BytesLike): QBuffer {
  const buffer = new QBuffer(bytes);
  buffer.open(QIODevice.ReadOnly);
  return buffer;
}

function isIterable(x: unknown): boolean {
  return typeof x === 'object' && x !== null && (Symbol.asyncIterator in x || Symbol.iterator in x);
}

function isFormData(x: unknown): x is FormData {
  return typeof x === 'object' && x !== null && (x as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'FormData';
}

/** RFC 7578: files are streamed, and the form can be sent again. */
function formDevice(form: FormData): BodyDevice {
  const boundary = `qnetwork-${randomToken()}`;
  return { device: new SourceDevice(() => formParts(form, boundary)), contentType: `multipart/form-data; boundary=${boundary}` };
}

async function* formParts(form: FormData, boundary: string): AsyncGenerator<Uint8Array | string> {
  for (const [name, value] of form) {
    const file = typeof value === 'string' ? '' : `; filename="${escaped(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}`;
    yield `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(name)}"${file}\r\n\r\n`;
    if (typeof value === 'string') yield value.replace(/\r\n|\r|\n/g, '\r\n');
    else yield* value.stream();
    yield '\r\n';
  }
  yield `--${boundary}--\r\n`;
}

/** As WHATWG HTML's multipart/form-data encoding does. */
function escaped(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22');
}

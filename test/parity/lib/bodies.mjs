// What a scenario's request sends, as the objects a Qt program would hand over.
import { bytesOf } from './bytes.mjs';

const READ_ONLY = 1;

/** A sequential device: its data comes in pieces, one every `delay` milliseconds, and then its end. */
function sequentialDevice(q, { data, chunks = [], delay = 0 }) {
  const all = bytesOf(data);
  const pieces = [];
  let at = 0;
  for (const size of chunks) {
    pieces.push(all.subarray(at, at + size));
    at += size;
  }
  if (at < all.length) pieces.push(all.subarray(at));

  class Dripping extends q.QIODevice {
    #here = Buffer.alloc(0);
    #over = false;
    constructor() {
      super();
      this.open(READ_ONLY);
      setTimeout(() => this.#drip(), delay);
    }
    #drip() {
      const piece = pieces.shift();
      if (piece === undefined) {
        this.#over = true;
        this.readChannelFinished.emit();
        return;
      }
      this.#here = Buffer.concat([this.#here, piece]);
      setTimeout(() => this.#drip(), delay);
      this.readyRead.emit();
    }
    isSequential() {
      return true;
    }
    bytesAvailable() {
      return this.#here.length + super.bytesAvailable();
    }
    atEnd() {
      return this.#over && this.bytesAvailable() === 0;
    }
    readData(maxSize) {
      if (this.#here.length === 0) return this.#over ? null : Buffer.alloc(0);
      const taken = this.#here.subarray(0, maxSize);
      this.#here = this.#here.subarray(taken.length);
      return taken;
    }
  }
  return new Dripping();
}

function device(q, spec) {
  if (spec.sequential) return sequentialDevice(q, spec);
  const made = spec.file === undefined ? new q.QBuffer() : new q.QFile(spec.file);
  if (spec.file === undefined) made.setData(bytesOf(spec.data));
  if (spec.open !== false) made.open(READ_ONLY);
  if (spec.seek !== undefined) made.seek(spec.seek);
  return made;
}

function multipart(q, spec, setHeaders) {
  if (q.QHttpMultiPart === undefined) throw new Error('this scenario needs QHttpMultiPart');
  const type = q.QHttpMultiPart.ContentType[spec.type] ?? q.QHttpMultiPart.ContentType.MixedType;
  const whole = new q.QHttpMultiPart(type);
  if (spec.boundary !== undefined) whole.setBoundary(spec.boundary);
  for (const p of spec.parts ?? []) {
    const part = new q.QHttpPart();
    setHeaders(part, p);
    if (p.body?.device !== undefined) part.setBodyDevice(device(q, p.body.device));
    else part.setBody(bytesOf(p.body));
    whole.append(part);
  }
  return whole;
}

/** The data of a request step: null, bytes, a device or a multipart body. */
export function bodyOf(q, spec, setHeaders) {
  if (spec === null || spec === undefined) return null;
  if (spec.device !== undefined) return device(q, spec.device);
  if (spec.multipart !== undefined) return multipart(q, spec.multipart, setHeaders);
  return bytesOf(spec);
}

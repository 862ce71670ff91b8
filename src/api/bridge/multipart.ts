import type { HeaderList } from '../../base/header-list.ts';
import { guardStream, isNodeStream, spentText } from '../../bodies/source-kinds.ts';
import { boundariesClash, closing, multipartType, partHead } from '../../rules/multipart.ts';
import { multiPartContent, type QHttpMultiPart } from '../access/qhttpmultipart.ts';
import { type PartSource, partContent, type QHttpPart } from '../access/qhttppart.ts';
import { QBuffer } from '../core/qbuffer.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { isDestroyed } from '../core/qobject.ts';
import { JoinedDevice, type Segment } from './joined-device.ts';
import { type FixedSegment, SegmentsDevice } from './segments-device.ts';
import { isMultiPart } from './source-kinds.ts';

/** A multipart as what is sent, with its media type. */
export interface Multipart {
  readonly contentType: string;
  readonly device: QIODevice;
}

/** A part as it is written: fields and body. */
export interface PartText {
  readonly fields: HeaderList;
  readonly body: readonly Segment[];
}

const CRLF = Buffer.from('\r\n');

/** RFC 2046 5.1.1, without preamble and epilogue. */
export function writeParts(boundary: string, parts: readonly PartText[]): Segment[] {
  const segments: Segment[] = [];
  for (const { fields, body } of parts) segments.push(latin1(partHead(boundary, fields)), ...body, CRLF);
  segments.push(latin1(closing(boundary)));
  return segments;
}

/** With positions when nothing stands against it, so that a program can look at it and go back. */
export function deviceOf(segments: readonly Segment[]): QIODevice {
  return segments.every(isFixed) ? new SegmentsDevice(segments) : new JoinedDevice(segments);
}

function isFixed(segment: Segment): segment is FixedSegment {
  if (segment instanceof Uint8Array) return true;
  const { source } = segment;
  // one that is not open fails when its turn comes
  return source instanceof QIODevice && source.isReadable() && !source.isSequential();
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** The parts as they are now. Throws a TypeError for a stream that was sent before and for multiparts that hold themselves. */
export function multipartBody(multiPart: QHttpMultiPart, where: string): Multipart {
  const { contentType, segments } = new Writer(where).write(multiPart, [], '');
  return { contentType, device: deviceOf(segments) };
}

class Writer {
  private readonly where: string;

  constructor(where: string) {
    this.where = where;
  }

  /** `around` are the boundaries of the multiparts that this one is in, `name` is what its own part is called. */
  write(multiPart: QHttpMultiPart, around: readonly string[], name: string) {
    if (isDestroyed(multiPart)) this.refuse(name, 'the multipart was deleted; delete it after the request was made');
    const { subtype, boundary, parts } = multiPartContent(multiPart);
    if (around.some((outer) => boundariesClash(outer, boundary)))
      this.refuse(name, 'the multipart has the boundary of one around it, or is that one; give each its own with setBoundary()');
    const path = [...around, boundary];
    const texts = parts.map((part, i) => this.part(part, path, `${name === '' ? '' : `${name}, `}part ${i + 1}`));
    return { contentType: multipartType(subtype, boundary), segments: writeParts(boundary, texts) };
  }

  private part(part: QHttpPart, path: readonly string[], name: string): PartText {
    const { headers, body } = partContent(part);
    if (body instanceof Uint8Array) return { fields: headers, body: [body] };
    if (!isMultiPart(body)) return { fields: headers, body: [this.source(body, name)] };
    const { contentType, segments } = this.write(body, path, name);
    if (headers.has('Content-Type')) return { fields: headers, body: segments };
    const fields = headers.copy();
    fields.append('Content-Type', contentType);
    return { fields, body: segments };
  }

  private source(source: PartSource, name: string): Segment {
    const bytes = source instanceof QBuffer ? source._body() : null;
    if (bytes !== null) return bytes;
    const problem = source instanceof QIODevice ? '' : spentText(source);
    if (problem !== '') this.refuse(name, problem);
    if (isNodeStream(source)) guardStream(source);
    return { source, name };
  }

  private refuse(name: string, problem: string): never {
    throw new TypeError(`${this.where}: ${name === '' ? '' : `${name}: `}${problem}`);
  }
}

import { expect } from 'vitest';
import { bodyText } from './multipart.ts';
import type { MemberTests } from './types.ts';

export const qhttppart: MemberTests = {
  'QHttpPart.constructor': (q) => {
    const part = new q.QHttpPart();
    expect(bodyText(q, part)).toBe('--B\r\n\r\n\r\n--B--\r\n');
    part.setBody('x');
    expect(bodyText(q, new q.QHttpPart(part))).toBe('--B\r\n\r\nx\r\n--B--\r\n');
  },
  'QHttpPart.equals': (q) => {
    const [a, b] = [new q.QHttpPart(), new q.QHttpPart()];
    expect(a.equals(b)).toBe(true);
    a.setBody('x');
    expect(a.equals(b)).toBe(false);
  },
  'QHttpPart.setHeader': (q) => {
    const part = new q.QHttpPart();
    part.setHeader(q.QNetworkRequest.ContentTypeHeader, 'image/png');
    expect(bodyText(q, part)).toBe('--B\r\nContent-Type: image/png\r\n\r\n\r\n--B--\r\n');
  },
  'QHttpPart.setRawHeader': (q) => {
    const part = new q.QHttpPart();
    part.setRawHeader('X-Part', 'one');
    expect(bodyText(q, part)).toBe('--B\r\nX-Part: one\r\n\r\n\r\n--B--\r\n');
  },
  'QHttpPart.setBody': (q) => {
    const part = new q.QHttpPart();
    part.setBody(new Uint8Array([104, 105]));
    expect(bodyText(q, part)).toBe('--B\r\n\r\nhi\r\n--B--\r\n');
  },
  'QHttpPart.setBodyDevice': (q) => {
    const buffer = new q.QBuffer('from a device');
    buffer.open(q.QIODevice.ReadOnly);
    const part = new q.QHttpPart();
    part.setBodyDevice(buffer);
    expect(bodyText(q, part)).toBe('--B\r\n\r\nfrom a device\r\n--B--\r\n');
  },
};

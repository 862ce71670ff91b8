/** A value in DER (X.690) of these parts. */
export const tagged = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
};

export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text));
export const octets = (bytes: Buffer): Buffer => tagged(0x04, bytes);
export const bits = (bytes: Buffer): Buffer => tagged(0x03, Buffer.from([0]), bytes);
export const TRUE: Buffer = tagged(0x01, Buffer.from([0xff]));
export const NULL: Buffer = tagged(0x05);

/** An INTEGER that is not negative. */
export function number(value: number | bigint): Buffer {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  const bytes = Buffer.from(hex, 'hex');
  return tagged(0x02, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

export function oid(text: string): Buffer {
  const [first, second, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([first! * 40 + second!, ...rest.flatMap(base128)]));
}

/** GeneralizedTime, which may stand for every date. */
export const generalTime = (date: Date): Buffer => tagged(0x18, Buffer.from(stamp(date)));

/** UTCTime until 2049, as RFC 5280 4.1.2.5 wants it. */
export const time = (date: Date): Buffer =>
  date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(stamp(date).slice(2))) : generalTime(date);

export const extension = (name: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(name), ...(critical ? [TRUE] : []), octets(value));

export function pem(kind: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`;
}

const stamp = (date: Date): string => `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;

function length(size: number): number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let left = size; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 + bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 + (left % 128));
  return bytes;
}

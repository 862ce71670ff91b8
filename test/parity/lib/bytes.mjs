import { gzipSync } from 'node:zlib';

/** Bytes described by a value: text (UTF-8), {hex}, {base64}, {latin1}, {repeat, times}, {gzip: spec}, or a list of such. */
export function bytesOf(spec) {
  if (spec === undefined || spec === null) return Buffer.alloc(0);
  if (typeof spec === 'string') return Buffer.from(spec, 'utf8');
  if (Array.isArray(spec)) return Buffer.concat(spec.map(bytesOf));
  if ('hex' in spec) return Buffer.from(spec.hex, 'hex');
  if ('base64' in spec) return Buffer.from(spec.base64, 'base64');
  if ('latin1' in spec) return Buffer.from(spec.latin1, 'latin1');
  if ('repeat' in spec) return Buffer.from(spec.repeat.repeat(spec.times), 'utf8');
  if ('gzip' in spec) return gzipSync(bytesOf(spec.gzip));
  throw new TypeError(`no such byte spec: ${JSON.stringify(spec)}`);
}

const strict = new TextDecoder('utf-8', { fatal: true });
const decode = (b) => {
  try {
    return strict.decode(b);
  } catch {
    return undefined;
  }
};

/** Text of header bytes: UTF-8, each byte that is no part of it as \xNN. */
export function visible(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  const whole = decode(value);
  if (whole !== undefined) return whole;
  let out = '';
  for (let i = 0; i < value.length; ) {
    const lead = value[i];
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    const character = decode(value.subarray(i, i + length));
    out += character ?? `\\x${lead.toString(16).padStart(2, '0')}`;
    i += character === undefined ? 1 : length;
  }
  return out;
}

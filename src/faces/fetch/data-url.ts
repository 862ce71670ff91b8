// Fetch 6: the data: URL processor. It is not that of RFC 2397: browsers never read those.

/** Media type and bytes of a data: URL as the URL standard writes it; null when it is none. */
export function readDataUrl(href: string): { readonly type: string; readonly bytes: Uint8Array } | null {
  const hash = href.indexOf('#');
  const input = href.slice('data:'.length, hash < 0 ? href.length : hash);
  const comma = input.indexOf(',');
  if (comma < 0) return null;
  let type = input.slice(0, comma).replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '');
  let bytes: Buffer | null = percentDecoded(input.slice(comma + 1));
  if (/;\x20*base64$/i.test(type)) {
    bytes = forgivingBase64(bytes.toString('latin1'));
    type = type.replace(/;\x20*base64$/i, '');
  }
  if (bytes === null) return null;
  if (type.startsWith(';')) type = `text/plain${type}`;
  return { type: normalType(type), bytes };
}

function normalType(type: string): string {
  const { MIMEType } = process.getBuiltinModule('node:util');
  try {
    return String(new MIMEType(type));
  } catch {
    return 'text/plain;charset=US-ASCII';
  }
}

/** Infra, "percent-decode". */
function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (!text.includes('%')) return bytes;
  let filled = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] === 0x25 ? /^[0-9a-f]{2}$/i.exec(bytes.toString('latin1', i + 1, i + 3)) : null;
    bytes[filled++] = octet === null ? bytes[i]! : Number.parseInt(octet[0], 16);
    if (octet !== null) i += 2;
  }
  return bytes.subarray(0, filled);
}

/** Infra, "forgiving-base64 decode"; null when it cannot be read. */
function forgivingBase64(text: string): Buffer | null {
  let digits = text.replace(/[\t\n\f\r ]+/g, '');
  if (digits.length % 4 === 0) digits = digits.replace(/={1,2}$/, '');
  if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) return null;
  return Buffer.from(digits, 'base64');
}

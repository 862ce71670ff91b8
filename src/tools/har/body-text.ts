/** A body as a string of JSON: as it is where it is text, in base64 where it is not. */
export interface BodyText {
  readonly text: string;
  readonly base64: boolean;
}

/** Text that becomes the same bytes again: `bytesOf` undoes it. */
export function bodyText(bytes: Buffer, mediaType: string): BodyText {
  const { isUtf8, isAscii } = process.getBuiltinModule('node:buffer');
  const charset = charsetOf(mediaType);
  const readable = charset === '' || charset === 'utf-8' || charset === 'utf8' ? isUtf8(bytes) : isAscii(bytes);
  if (readable && !bytes.includes(0)) return { text: bytes.toString('utf8'), base64: false };
  return { text: bytes.toString('base64'), base64: true };
}

/** The bytes of a text. Browsers write down what they show, so the charset of the answer says what it was. */
export function bytesOf(text: string, base64: boolean, mediaType: string): Buffer {
  if (base64) return Buffer.from(text, 'base64');
  const single = /^(?:iso-8859-1|latin1|windows-1252)$/.test(charsetOf(mediaType));
  return Buffer.from(text, single && !/[^\0-\xff]/.test(text) ? 'latin1' : 'utf8');
}

function charsetOf(mediaType: string): string {
  return (/;\s*charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1] ?? '').toLowerCase();
}

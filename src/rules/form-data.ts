// RFC 7578: the Content-Disposition of a form's field. Results are Latin-1 text, one character an octet; they hold no line break,
// so that a name cannot bring header fields of its own along.
import { encodeBytes } from '../base/percent.ts';

/** How file names beyond ASCII are sent; the RFCs disagree. */
export interface FileNameForms {
  /** Also as `filename*` (RFC 8187), which RFC 6266 4.3 recommends and RFC 7578 4.2 forbids. */
  readonly extended: boolean;
  /** `filename` percent-encoded (RFC 7578 4.2) instead of raw. */
  readonly percent: boolean;
  /** In ISO-8859-1 where that is enough (RFC 5987 3.2), instead of UTF-8. */
  readonly latin1: boolean;
}

/** As Qt 6.8 writes it: quotes and backslashes are escaped by a backslash. Null is no file name. */
export function formDisposition(name: string, fileName: string | null, forms: FileNameForms): string {
  const field = `form-data; name="${escaped(Buffer.from(name, 'utf8'))}"`;
  if (fileName === null) return field;
  const widest = widestOf(fileName);
  const latin1 = forms.latin1 && widest <= 0xff;
  const bytes = Buffer.from(fileName, latin1 ? 'latin1' : 'utf8');
  const plain = `; filename="${forms.percent ? encodeBytes(bytes) : escaped(bytes)}"`;
  if (widest <= 0x7f || !forms.extended) return field + plain;
  return `${field}${plain}; filename*=${latin1 ? 'ISO-8859-1' : 'UTF-8'}''${encodeBytes(bytes)}`;
}

/** As WHATWG HTML's multipart/form-data encoding writes it, for FormData. Null is no file name. */
export function webDisposition(name: string, fileName: string | null): string {
  const field = `form-data; name="${webEscaped(name)}"`;
  return fileName === null ? field : `${field}; filename="${webEscaped(fileName)}"`;
}

function widestOf(text: string): number {
  let widest = 0;
  for (let i = 0; i < text.length; i++) widest = Math.max(widest, text.charCodeAt(i));
  return widest;
}

const hex = (c: string): string => encodeBytes(Buffer.from(c, 'latin1'));

/** Control characters have no place in a field; Qt leaves such a header out, here they are percent-encoded, as browsers do with line breaks. */
function escaped(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/["\\]/g, '\\$&')
    .replace(/[\0-\x1f\x7f]/g, hex);
}

function webEscaped(text: string): string {
  return Buffer.from(text.replace(/\r\n|\r|\n/g, '%0D%0A').replace(/"/g, '%22'), 'utf8').toString('latin1');
}

// What a file is by its name and its first bytes. Qt asks the shared MIME database of the system; here it is the types that people
// upload, under the names they have at IANA.

/** Bytes that are enough to look at. */
export const SNIFFED = 512;

const TEXT = 'text/plain';
const UNKNOWN = 'application/octet-stream';

/** Type and the extensions it goes by. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/plain': 'txt text log conf ini',
  'text/html': 'html htm',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/javascript': 'js mjs',
  'text/markdown': 'md markdown',
  'text/calendar': 'ics',
  'text/vcard': 'vcf',
  'text/tab-separated-values': 'tsv',
  'application/json': 'json',
  'application/geo+json': 'geojson',
  'application/xml': 'xml',
  'application/xhtml+xml': 'xhtml',
  'application/atom+xml': 'atom',
  'application/rss+xml': 'rss',
  'application/yaml': 'yaml yml',
  'application/toml': 'toml',
  'application/sql': 'sql',
  'application/pdf': 'pdf',
  'application/rtf': 'rtf',
  'application/postscript': 'ps eps',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/epub+zip': 'epub',
  'application/zip': 'zip',
  'application/gzip': 'gz tgz',
  'application/x-bzip2': 'bz2',
  'application/x-xz': 'xz',
  'application/zstd': 'zst',
  'application/x-tar': 'tar',
  'application/x-7z-compressed': '7z',
  'application/vnd.rar': 'rar',
  'application/java-archive': 'jar',
  'application/wasm': 'wasm',
  'image/png': 'png',
  'image/jpeg': 'jpg jpeg jpe',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/heic': 'heic',
  'image/bmp': 'bmp',
  'image/tiff': 'tif tiff',
  'image/svg+xml': 'svg',
  'image/vnd.microsoft.icon': 'ico',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg oga opus',
  'audio/flac': 'flac',
  'audio/vnd.wave': 'wav',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'video/mp4': 'mp4 m4v',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/vnd.avi': 'avi',
  'video/mpeg': 'mpeg mpg',
  'font/woff': 'woff',
  'font/woff2': 'woff2',
  'font/ttf': 'ttf',
  'font/otf': 'otf',
};

/** How files of a type begin, as Latin-1 text; the second text stands at the place given. */
const BEGINNINGS: readonly (readonly [type: string, start: string, at?: number, more?: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/webp', 'RIFF', 8, 'WEBP'],
  ['image/tiff', 'II*\0'],
  ['image/tiff', 'MM\0*'],
  ['application/pdf', '%PDF-'],
  ['application/zip', 'PK\x03\x04'],
  ['application/gzip', '\x1f\x8b'],
  ['application/x-bzip2', 'BZh'],
  ['application/x-xz', '\xfd7zXZ\0'],
  ['application/zstd', '\x28\xb5\x2f\xfd'],
  ['application/x-7z-compressed', '7z\xbc\xaf\x27\x1c'],
  ['application/wasm', '\0asm'],
  ['audio/vnd.wave', 'RIFF', 8, 'WAVE'],
  ['audio/flac', 'fLaC'],
  ['audio/mpeg', 'ID3'],
  ['audio/ogg', 'OggS'],
  ['video/mp4', '', 4, 'ftyp'],
  ['video/x-matroska', '\x1a\x45\xdf\xa3'],
  ['application/xml', '<?xml'],
  ['text/html', '<!DOCTYPE html'],
  ['text/html', '<!doctype html'],
];

let byExtension: Map<string, string> | null = null;

/**
 * The media type of something called `fileName` ('' for nothing) that begins with `start`; null when its bytes cannot be looked at.
 * The name decides, then the bytes, then whether they look like text.
 */
export function guessMediaType(fileName: string, start: Uint8Array | null): string {
  const dot = fileName.lastIndexOf('.');
  const named = dot < 0 ? undefined : extensions().get(fileName.slice(dot + 1).toLowerCase());
  if (named !== undefined) return named;
  if (start === null) return UNKNOWN;
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, SNIFFED)).toString('latin1');
  for (const [type, first, at = 0, more = ''] of BEGINNINGS) if (text.startsWith(first) && text.startsWith(more, at)) return type;
  return isText(text) ? TEXT : UNKNOWN;
}

function extensions(): Map<string, string> {
  if (byExtension !== null) return byExtension;
  byExtension = new Map();
  for (const [type, names] of Object.entries(EXTENSIONS)) for (const name of names.split(' ')) byExtension.set(name, type);
  return byExtension;
}

/** As the shared MIME database has it: a byte order mark, or no control character at the beginning. Nothing at all is text. */
function isText(text: string): boolean {
  if (text.startsWith('\xfe\xff') || text.startsWith('\xff\xfe')) return true;
  return !/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text.slice(0, 128));
}

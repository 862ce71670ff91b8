import { describe, expect, it } from 'vitest';
import { guessMediaType } from '../../src/rules/media-type.ts';

const TEXT = 'text/plain';
const UNKNOWN = 'application/octet-stream';

describe('guessMediaType', () => {
  const rows: readonly [fileName: string, start: string | null, expected: string][] = [
    // the name decides
    ['a.png', null, 'image/png'],
    ['a.PNG', 'text', 'image/png'],
    ['a.tar.gz', null, 'application/gzip'],
    ['a.jpeg', null, 'image/jpeg'],
    ['notes.md', '', 'text/markdown'],
    ['/some/where.d/a.json', '{}', 'application/json'],
    ['.txt', null, TEXT],
    // then the bytes
    ['', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png'],
    ['a.unknown', '\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['where.d/a', 'GIF89a', 'image/gif'],
    ['', 'RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['', 'RIFF\x10\0\0\0WAVEfmt ', 'audio/vnd.wave'],
    ['', 'RIFF\x10\0\0\0XXXX', UNKNOWN],
    ['', '\0\0\0\x18ftypmp42', 'video/mp4'],
    ['', '%PDF-1.7', 'application/pdf'],
    ['', 'PK\x03\x04\x14', 'application/zip'],
    ['', '<?xml version="1.0"?>', 'application/xml'],
    // then whether it looks like text
    ['', 'hello', TEXT],
    ['', '', TEXT],
    ['a.', 'gr\xc3\xbcn\r\n\tx', TEXT],
    ['', '\xff\xfea\0b\0', TEXT],
    ['', 'a\0b', UNKNOWN],
    ['', '\x1b[0m', UNKNOWN],
    ['', `${'x'.repeat(128)}\0`, TEXT],
    // and without bytes nothing can be said
    ['', null, UNKNOWN],
    ['constructor', null, UNKNOWN],
    ['a.constructor', null, UNKNOWN],
  ];
  it.each(rows)('%j, %j', (fileName, start, expected) => {
    expect(guessMediaType(fileName, start === null ? null : Buffer.from(start, 'latin1'))).toBe(expected);
  });
});

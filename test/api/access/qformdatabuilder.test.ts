import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PartSource,
  QBuffer,
  QFile,
  QFormDataBuilder,
  QFormDataPartBuilder,
  QHttpHeaders,
  type QHttpMultiPart,
  QIODevice,
} from '../../../src/index.ts';
import { type SeenRequest, type Served, serve } from '../../support/server.ts';
import { finished, fresh } from '../bridge/support.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { body: 'ok' } } });
});
afterAll(() => origin.close());

async function posted(form: QHttpMultiPart): Promise<SeenRequest> {
  await using manager = fresh();
  const before = origin.requests.length;
  const reply = await finished(manager.post(origin.url('/'), form));
  expect(reply.errorString()).toBe('Unknown error');
  return origin.requests[before]!;
}

/** Heads and bodies of the parts, as they were sent. */
async function partsOf(builder: QFormDataBuilder, options?: QFormDataBuilder.Options): Promise<string[]> {
  const form = builder.buildMultiPart(options);
  form.setBoundary('B');
  const { body } = await posted(form);
  const text = body.toString('latin1');
  expect(text.startsWith('--B\r\n') && text.endsWith('\r\n--B--\r\n')).toBe(true);
  return text.slice('--B\r\n'.length, -'\r\n--B--\r\n'.length).split('\r\n--B\r\n');
}

const headOf = async (setUp: (part: QFormDataPartBuilder) => unknown, options?: number): Promise<string[]> => {
  const builder = new QFormDataBuilder();
  setUp(builder.part('a'));
  return (await partsOf(builder, options))[0]!.split('\r\n\r\n')[0]!.split('\r\n');
};

const opened = (text: string | Buffer): QBuffer => {
  const buffer = new QBuffer(text);
  buffer.open(QIODevice.ReadOnly);
  return buffer;
};

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-forms-'));
const PNG = Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1');

describe('the form', () => {
  it('is form-data of all parts in order, several of a name too', async () => {
    const builder = new QFormDataBuilder();
    builder.part('a').setBody('one');
    builder.part('b').setBody(Buffer.from('two'));
    builder.part('a').setBody('three');
    const type = 'content-type: text/plain\r\n';
    expect(await partsOf(builder)).toEqual([
      `${type}content-disposition: form-data; name="a"\r\n\r\none`,
      `${type}content-disposition: form-data; name="b"\r\n\r\ntwo`,
      `${type}content-disposition: form-data; name="a"\r\n\r\nthree`,
    ]);
  });

  it('is understood by others', async () => {
    const file = new QFile(join(folder, 'x.png'));
    writeFileSync(file.fileName(), PNG);
    file.open(QIODevice.ReadOnly);
    const builder = new QFormDataBuilder({ 'gr\u00fc\u00dfe': 'h\u00f6llo', empty: '' });
    builder.part('file').setBodyDevice(file, 'cat.png');
    const { body, header } = await posted(builder.buildMultiPart(QFormDataBuilder.OmitRfc8187EncodedFilename));
    const read = await new Response(new Uint8Array(body), { headers: { 'Content-Type': header('Content-Type')! } }).formData();
    expect([read.get('gr\u00fc\u00dfe'), read.get('empty')]).toEqual(['h\u00f6llo', '']);
    const image = read.get('file') as File;
    expect([image.name, image.type, Buffer.from(await image.arrayBuffer())]).toEqual(['cat.png', 'image/png', PNG]);
  });

  it('leaves the builder empty', async () => {
    const builder = new QFormDataBuilder({ a: '1' });
    expect(await partsOf(builder)).toHaveLength(1);
    expect((await posted(builder.buildMultiPart())).body.toString()).toMatch(/^--[^\r]+--\r\n$/);
    builder.part('b').setBody('2');
    expect((await partsOf(builder))[0]).toContain('name="b"');
  });

  it('takes what a part holds when it is built', async () => {
    const builder = new QFormDataBuilder();
    const part = builder.part('a').setBody('first', 'x.txt');
    part.setBody('second');
    new QFormDataPartBuilder(part).setHeaders([['x-more', '1']]);
    expect(await partsOf(builder)).toEqual([
      'x-more: 1\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; name="a"\r\n\r\nsecond',
    ]);
  });

  it('a part that nobody filled is empty', async () => {
    const builder = new QFormDataBuilder();
    builder.part('a');
    builder.part('b').setBodyDevice(opened('x')).setBodyDevice(null);
    expect((await partsOf(builder)).map((part) => part.split('\r\n\r\n')[1])).toEqual(['', '']);
  });
});

describe('headers of a part', () => {
  it("the user's come first, content-type and content-disposition are overwritten", async () => {
    const headers = new QHttpHeaders();
    headers.append('X-One', '1');
    headers.append('Content-Type', 'wrong/type');
    headers.append('x-two', '2');
    headers.append('Content-Disposition', 'attachment');
    headers.append('x-two', '3');
    expect(await headOf((part) => part.setBody('x').setHeaders(headers))).toEqual([
      'X-One: 1',
      'content-type: text/plain',
      'x-two: 2',
      'content-disposition: form-data; name="a"',
      'x-two: 3',
    ]);
  });

  it('are taken as they are at the call', async () => {
    const headers = new QHttpHeaders({ 'x-one': '1' });
    const head = await headOf((part) => {
      part.setHeaders(headers);
      headers.append('x-two', '2');
    });
    expect(head[0]).toBe('x-one: 1');
    expect(head).toHaveLength(3);
  });

  it('names cannot bring headers along', async () => {
    const builder = new QFormDataBuilder();
    builder.part('a"\r\nX-Evil: 1\r\n\r\nbody').setBody('x', 'f\r\n\r\n--B--\r\n');
    const [part] = await partsOf(builder);
    expect(part!.split('\r\n')).toEqual([
      'content-type: text/plain',
      'content-disposition: form-data; name="a\\"%0D%0AX-Evil: 1%0D%0A%0D%0Abody"; filename="f%0D%0A%0D%0A--B--%0D%0A"',
      '',
      'x',
    ]);
  });

  const name = '\u00e4.txt';
  const utf8 = Buffer.from(name).toString('latin1');
  const { Default, OmitRfc8187EncodedFilename: Omit, UseRfc7578PercentEncodedFilename: Percent } = QFormDataBuilder;
  const { PreferLatin1EncodedFilename: Latin1, StrictRfc7578 } = QFormDataBuilder.Option;
  const options: readonly [number | undefined, string][] = [
    [undefined, `filename="${utf8}"; filename*=UTF-8''%C3%A4.txt`],
    [Default, `filename="${utf8}"; filename*=UTF-8''%C3%A4.txt`],
    [Omit, `filename="${utf8}"`],
    [Percent, `filename="%C3%A4.txt"; filename*=UTF-8''%C3%A4.txt`],
    [StrictRfc7578, 'filename="%C3%A4.txt"'],
    [Latin1, `filename="\u00e4.txt"; filename*=ISO-8859-1''%E4.txt`],
    [Latin1 | StrictRfc7578, 'filename="%E4.txt"'],
  ];
  it.each(options)('a file name beyond ASCII with options %s', async (flags, expected) => {
    const head = await headOf((part) => part.setBody('x', name), flags);
    expect(head[1]).toBe(`content-disposition: form-data; name="a"; ${expected}`);
  });

  it.each([8, -1, 1.5, '1', null])('buildMultiPart(%j) is refused, and nothing is lost', async (flags) => {
    const builder = new QFormDataBuilder({ a: '1' });
    expect(() => builder.buildMultiPart(flags as number)).toThrow(/expects flags of QFormDataBuilder.Option/);
    expect(await partsOf(builder)).toHaveLength(1);
  });
});

describe('the type of a part', () => {
  const rows: readonly [string, (part: QFormDataPartBuilder) => unknown, string][] = [
    ['is the one given', (p) => p.setBody(PNG, 'x.png', 'application/x-own'), 'application/x-own'],
    ['is guessed of the name', (p) => p.setBody('text', 'x.csv'), 'text/csv'],
    ['is guessed of the bytes', (p) => p.setBody(PNG), 'image/png'],
    ['is guessed of a device', (p) => p.setBodyDevice(opened(PNG), 'unknown'), 'image/png'],
    ['of a device that is not open is unknown', (p) => p.setBodyDevice(new QBuffer('text')), 'application/octet-stream'],
    ['of a Blob is its own', (p) => p.setBodyDevice(new Blob(['x'], { type: 'a/b' }), 'x.png'), 'a/b'],
    ['of a Blob without one is guessed', (p) => p.setBodyDevice(new Blob(['x']), 'x.png'), 'image/png'],
    ['of a stream is guessed of the name', (p) => p.setBodyDevice(Readable.from(['x']), 'x.pdf'), 'application/pdf'],
    ['of a stream without a name is unknown', (p) => p.setBodyDevice(() => 'x'), 'application/octet-stream'],
  ];
  it.each(rows)('%s', async (_what, setUp, type) => {
    expect((await headOf(setUp))[0]).toBe(`content-type: ${type}`);
  });

  it('guessing takes nothing from a device, with positions or without', async () => {
    class Pipe extends QBuffer {
      override isSequential(): boolean {
        return true;
      }
      get complete(): boolean {
        return true;
      }
      private at = 0;
      protected override readData(max: number): Buffer {
        const piece = this.data().subarray(this.at, this.at + max);
        this.at += piece.length;
        return piece;
      }
    }
    const pipe = new Pipe(Buffer.concat([PNG, Buffer.alloc(2000, 'x')]));
    pipe.open(QIODevice.ReadOnly);
    const file = opened(`xx${'y'.repeat(2000)}`);
    file.seek(2);
    const builder = new QFormDataBuilder();
    builder.part('a').setBodyDevice(pipe);
    builder.part('b').setBodyDevice(file);
    const [a, b] = await partsOf(builder);
    expect(a!.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(`${PNG.toString('latin1')}${'x'.repeat(2000)}`);
    expect(a).toContain('image/png');
    expect(b!.split('\r\n\r\n')[1]).toBe('y'.repeat(2000));
  });
});

describe('what cannot be', () => {
  const part = () => new QFormDataBuilder().part('a');
  const rows: readonly [string, () => unknown, RegExp][] = [
    ['a name that is no text', () => new QFormDataBuilder().part(5 as unknown as string), /QFormDataBuilder.part .*number/],
    ['a body that is none', () => part().setBody(5 as unknown as string), /QFormDataPartBuilder.setBody expects text or bytes/],
    ['a device that is none', () => part().setBodyDevice('x' as PartSource), /QFormDataPartBuilder.setBodyDevice expects/],
    ['a file name that is no text', () => part().setBody('x', 5 as unknown as string), /file name is a string; got a number/],
    [
      'a type with a line break',
      () => part().setBody('x', 'x', 'a/b\r\nX-Evil: 1'),
      /QFormDataPartBuilder.setBody: .*carriage return/,
    ],
    ['headers with a line break', () => part().setHeaders({ a: 'x\n' }), /line feed/],
    ['fields that are no text', () => new QFormDataBuilder({ a: 5 as unknown as string }), /setBody expects/],
  ];
  it.each(rows)('%s', (_what, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});

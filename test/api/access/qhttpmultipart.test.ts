import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QByteArray, QHttpMultiPart, QHttpPart, QNetworkReply, QNetworkRequest, QObject } from '../../../src/index.ts';
import { type SeenRequest, type Served, serve } from '../../support/server.ts';
import { finished, fresh } from '../bridge/support.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { body: 'ok' } } });
});
afterAll(() => origin.close());

type Manager = ReturnType<typeof fresh>;

async function sent(send: (manager: Manager) => QNetworkReply): Promise<SeenRequest> {
  await using manager = fresh();
  const before = origin.requests.length;
  const reply = await finished(send(manager));
  expect([reply.error(), reply.errorString()]).toEqual([0, 'Unknown error']);
  return origin.requests[before]!;
}

const post = (form: QHttpMultiPart) => sent((m) => m.post(origin.url('/'), form));

function part(body: string | QHttpMultiPart = '', headers: Readonly<Record<string, string>> = {}): QHttpPart {
  const made = new QHttpPart();
  for (const [name, value] of Object.entries(headers)) made.setRawHeader(name, value);
  made.setBody(body);
  return made;
}

function multipart(boundary: string, ...parts: QHttpPart[]): QHttpMultiPart {
  const made = new QHttpMultiPart();
  made.setBoundary(boundary);
  for (const one of parts) made.append(one);
  return made;
}

describe('on the wire', () => {
  it('part after part, and nothing before and behind', async () => {
    const request = await post(multipart('B', part('one', { A: '1', b: '2' }), part(), part('\r\n--\r\n')));
    expect(request.body.toString()).toBe('--B\r\nA: 1\r\nb: 2\r\n\r\none\r\n--B\r\n\r\n\r\n--B\r\n\r\n\r\n--\r\n\r\n--B--\r\n');
    expect(request.header('Content-Length')).toBe(String(request.body.length));
    expect(request.header('Content-Type')).toBe('multipart/mixed; boundary="B"');
    expect(request.header('MIME-Version')).toBe('1.0');
  });

  it('without parts it is the closing line', async () => {
    expect((await post(multipart('B'))).body.toString()).toBe('--B--\r\n');
  });

  it.each([
    ['MixedType', 'mixed'],
    ['RelatedType', 'related'],
    ['FormDataType', 'form-data'],
    ['AlternativeType', 'alternative'],
  ] as const)('%s', async (name, subtype) => {
    const byConstructor = new QHttpMultiPart(QHttpMultiPart.ContentType[name]);
    const bySetter = new QHttpMultiPart();
    bySetter.setContentType(QHttpMultiPart[name]);
    for (const form of [byConstructor, bySetter]) {
      const request = await post(form);
      expect(request.header('Content-Type')).toBe(`multipart/${subtype}; boundary="${form.boundary()}"`);
    }
  });

  it('put and sendCustomRequest send it too', async () => {
    for (const send of [
      (m: Manager) => m.put(origin.url('/'), multipart('B', part('x'))),
      (m: Manager) => m.sendCustomRequest(origin.url('/'), 'PATCH', multipart('B', part('x'))),
    ]) {
      const request = await sent(send);
      expect(request.body.toString()).toBe('--B\r\n\r\nx\r\n--B--\r\n');
      expect(request.header('MIME-Version')).toBe('1.0');
    }
  });

  it("the caller's Content-Type stays, MIME-Version is ours, and his request as it was", async () => {
    const request = new QNetworkRequest(origin.url('/'));
    request.setRawHeader('Content-Type', 'multipart/x-own; boundary=B');
    request.setRawHeader('mime-version', '0.9');
    const seen = await sent((m) => m.post(request, multipart('B', part('x'))));
    expect(seen.headers.filter(([name]) => /^(content-type|mime-version)$/i.test(name))).toEqual([
      ['Content-Type', 'multipart/x-own; boundary=B'],
      ['MIME-Version', '1.0'],
    ]);
    expect(request.rawHeader('MIME-Version').toString()).toBe('0.9');
  });

  it("the caller's Content-Length does not cut it", async () => {
    const seen = await sent((m) => m.post(origin.url('/'), multipart('B', part('x')), { headers: { 'Content-Length': '3' } }));
    expect([seen.body.toString(), seen.header('Content-Length')]).toEqual(['--B\r\n\r\nx\r\n--B--\r\n', '17']);
  });

  it('fields in UTF-8 and in bytes arrive as they are', async () => {
    const made = part('x', { 'Content-Disposition': 'form-data; name="gr\u00fcn"' });
    made.setRawHeader('raw', Buffer.from([0xfc]));
    const { body } = await post(multipart('B', made));
    expect(body.includes(Buffer.from('name="gr\u00fcn"\r\nraw: '))).toBe(true);
    expect(body.includes(Buffer.from([0x20, 0xfc, 0x0d, 0x0a]))).toBe(true);
  });

  it('is taken as it is at the call, and can be sent again', async () => {
    await using manager = fresh();
    const one = part('1');
    const form = multipart('B', one);
    const before = origin.requests.length;
    const first = manager.post(origin.url('/'), form);
    one.setBody('changed');
    form.append(part('2'));
    form.setBoundary('C');
    await finished(first);
    await finished(manager.post(origin.url('/'), form));
    expect(origin.requests.slice(before).map(({ body }) => body.toString())).toEqual([
      '--B\r\n\r\n1\r\n--B--\r\n',
      '--C\r\n\r\n1\r\n--C\r\n\r\n2\r\n--C--\r\n',
    ]);
  });
});

describe('the boundary', () => {
  it('is made up, stays, and differs', () => {
    const [a, b] = [new QHttpMultiPart(), new QHttpMultiPart()];
    expect(a.boundary()).toBeInstanceOf(Buffer);
    expect(a.boundary().toString()).toMatch(/^boundary_\.oOo\._[0-9A-Za-z+/=]{32}$/);
    expect(a.boundary()).toEqual(a.boundary());
    expect(a.boundary()).not.toEqual(b.boundary());
  });

  it.each([
    ['text', 'mine'],
    ['bytes', Buffer.from('mine')],
    ['a QByteArray', new QByteArray('mine')],
  ])('is set by %s', (_what, given) => {
    const form = new QHttpMultiPart();
    form.setBoundary(given);
    expect(form.boundary().toString()).toBe('mine');
  });

  it.each([
    ['', /is empty/],
    ['x'.repeat(71), /71 characters/],
    ['a"; name="', /contains/],
    ['a\r\nX-Evil: 1', /contains "\\r" at position 1/],
    ['ends ', /ends with a space/],
    [Buffer.from([0x61, 0xfc]), /position 1/],
  ])('cannot be %j, and stays', (boundary, message) => {
    const form = multipart('before');
    expect(() => form.setBoundary(boundary)).toThrow(TypeError);
    expect(() => form.setBoundary(boundary)).toThrow(message);
    expect(form.boundary().toString()).toBe('before');
  });

  it('null or a number is no boundary', () => {
    expect(() => new QHttpMultiPart().setBoundary(null as unknown as string)).toThrow(TypeError);
    expect(() => new QHttpMultiPart().setBoundary(5 as unknown as string)).toThrow(TypeError);
  });
});

describe('multiparts within multiparts', () => {
  it('are bodies of parts, with their own Content-Type', async () => {
    const inner = multipart('IN', part('a'), part('b'));
    inner.setContentType(QHttpMultiPart.AlternativeType);
    const request = await post(multipart('OUT', part('before'), part(inner, { 'Content-ID': '<1>' })));
    expect(request.body.toString()).toBe(
      '--OUT\r\n\r\nbefore\r\n--OUT\r\nContent-ID: <1>\r\nContent-Type: multipart/alternative; boundary="IN"\r\n\r\n' +
        '--IN\r\n\r\na\r\n--IN\r\n\r\nb\r\n--IN--\r\n\r\n--OUT--\r\n',
    );
    expect(request.header('Content-Length')).toBe(String(request.body.length));
  });

  it('a Content-Type of the part wins', async () => {
    const request = await post(multipart('OUT', part(multipart('IN'), { 'content-type': 'multipart/x-own; boundary=IN' })));
    expect(request.body.toString()).toContain('content-type: multipart/x-own; boundary=IN\r\n\r\n--IN--');
    expect(request.body.toString()).not.toContain('multipart/mixed');
  });

  it('need boundaries that can be told apart', () => {
    const manager = fresh();
    for (const [outer, inner] of [
      ['B', 'B'],
      ['B', 'BB'],
      ['BB', 'B'],
    ] as const) {
      const form = multipart(outer, part('x'), part(multipart(inner)));
      expect(() => manager.post(origin.url('/'), form)).toThrow(/QNetworkAccessManager.post: part 2: .*setBoundary/);
    }
  });

  it('cannot hold themselves, however deep', () => {
    const manager = fresh();
    const outer = new QHttpMultiPart();
    const middle = new QHttpMultiPart();
    outer.append(part(middle));
    middle.append(part(outer));
    expect(() => manager.put(origin.url('/'), outer)).toThrow(/QNetworkAccessManager.put: part 1, part 1: .*is that one/);
  });
});

describe('as an object', () => {
  it('has a parent and is deleted with it; a request under way goes on', async () => {
    await using manager = fresh();
    const form = multipart('B', part('x'));
    const before = origin.requests.length;
    const reply = manager.post(origin.url('/'), form);
    form.setParent(reply);
    let gone = false;
    form.destroyed.connect(() => (gone = true));
    await finished(reply);
    expect(origin.requests[before]!.body.toString()).toBe('--B\r\n\r\nx\r\n--B--\r\n');
    reply._destroy();
    expect(gone).toBe(true);
    expect(() => manager.post(origin.url('/'), form)).toThrow(/QNetworkAccessManager.post: the multipart was deleted/);
  });

  it('takes a parent in both constructors', () => {
    const parent = new QObject();
    expect(new QHttpMultiPart(parent).parent()).toBe(parent);
    expect(new QHttpMultiPart(QHttpMultiPart.RelatedType, parent).parent()).toBe(parent);
    expect(new QHttpMultiPart().parent()).toBeNull();
  });

  it('refuses what is no type, and what is no part', () => {
    expect(() => new QHttpMultiPart(4 as 0)).toThrow(/QHttpMultiPart expects QHttpMultiPart.ContentType; got 4/);
    expect(() => new QHttpMultiPart().setContentType('mixed' as unknown as 0)).toThrow(/setContentType .* got mixed/);
    expect(() => new QHttpMultiPart().append(new QHttpMultiPart() as unknown as QHttpPart)).toThrow(/setBody/);
  });

  it('a deleted one within is refused as well', () => {
    const inner = multipart('IN');
    const form = multipart('OUT', part(inner));
    inner._destroy();
    expect(() => fresh().post(origin.url('/'), form)).toThrow(/part 1: the multipart was deleted/);
  });

  it('a function that gives one cannot be sent: its boundary belongs into the head', async () => {
    await using manager = fresh();
    const reply = await finished(manager.post(origin.url('/'), () => multipart('B')));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(/pass the form itself/);
  });
});

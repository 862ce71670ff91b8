import { describe, expect, it } from 'vitest';
import { Url } from '../../src/base/url.ts';
import { featuresOf, sizeIn, timeIn } from '../../src/rules/ftp/facts.ts';
import { extendedPort, passivePort } from '../../src/rules/ftp/passive.ts';
import { ftpRange } from '../../src/rules/ftp/range.ts';
import { type FtpMoment, kindOf, refusalOf } from '../../src/rules/ftp/refusal.ts';
import { type Reply, ReplyReader, replyText } from '../../src/rules/ftp/reply.ts';
import { isSayable, listedPath, targetOf, userIn } from '../../src/rules/ftp/target.ts';

/** What is read of a text that comes in pieces of so many bytes. */
function read(text: string, piece: number): (Reply | string)[] {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new ReplyReader();
  const found: (Reply | string)[] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    const part = bytes.subarray(at, at + piece);
    const fault = reader.take(part, part.length, (reply) => found.push(reply) > 0);
    if (fault !== '') return [...found, fault];
  }
  return found;
}

const reply = (code: number, ...lines: string[]): Reply => ({ code, lines });

describe('replies', () => {
  it.each([
    ['220 hello\r\n', [reply(220, 'hello')]],
    ['220\r\n', [reply(220, '')]],
    ['220 \n', [reply(220, '')]],
    ['220-hello\r\nthere\r\n220 friend\r\n', [reply(220, 'hello', 'there', 'friend')]],
    ['220-a\r\n220-b\r\n221 c\r\n220 d\r\n', [reply(220, 'a', '220-b', '221 c', 'd')]],
    ['211-a\r\n SIZE\r\n211\r\n226 x\r\n', [reply(211, 'a', ' SIZE', ''), reply(226, 'x')]],
    ['150 a\r\n226 b\r\n', [reply(150, 'a'), reply(226, 'b')]],
    ['220 \xe4\xff\r\n', [reply(220, '\xe4\xff')]],
    ['hello\r\n', ['a line that does not begin with a reply code']],
    ['600 x\r\n', ['a line that does not begin with a reply code']],
    ['0220 x\r\n', ['a line that does not begin with a reply code']],
    ['220x\r\n', ['a line that does not begin with a reply code']],
    ['\r\n', ['a line that does not begin with a reply code']],
    ['220 a\0b\r\n', ['a line with a NUL or a lone CR in it']],
    ['220 a\rb\r\n', ['a line with a NUL or a lone CR in it']],
    [`220 ${'x'.repeat(5_000)}`, ['a line of more than 4096 octets']],
    [`220-\r\n${`${'x'.repeat(4_000)}\r\n`.repeat(20)}`, ['a reply of more than 65536 octets']],
  ])('%j', (text, found) => {
    for (const piece of [1, 7, text.length]) expect(read(text, piece)).toEqual(found);
  });

  it('leaves the rest to who says so', () => {
    const reader = new ReplyReader();
    const bytes = Buffer.from('220 a\r\n221 b\r\n');
    const codes: number[] = [];
    reader.take(bytes, bytes.length, ({ code }) => codes.push(code) < 1);
    expect([codes, reader.left]).toEqual([[220], 7]);
  });

  it('are shown to people without what would harm them', () => {
    expect(replyText(reply(550, 'x', `no\x1b[31m ${'x'.repeat(300)}`))).toBe(`550 no [31m ${'x'.repeat(192)}`);
  });
});

describe('where data comes from', () => {
  it.each([
    [reply(229, 'Entering (|||6446|)'), 6446],
    [reply(229, 'Entering (!!!65535!)'), 65535],
    [reply(229, '(|||1023|)'), -1],
    [reply(229, '(|||65536|)'), -1],
    [reply(229, '(|1|10.0.0.1|6446|)'), -1],
    [reply(229, '(555604465)'), -1],
    [reply(229, '|||6446|'), -1],
    [reply(228, '(|||6446|)'), -1],
  ])('EPSV %j', (answer, port) => expect(extendedPort(answer)).toBe(port));

  it.each([
    [reply(227, 'Entering Passive Mode (10,1,2,3,25,46)'), 6446],
    [reply(227, '=10,1,2,3,25,46'), 6446],
    [reply(227, '(10,1,2,3,0,22)'), -1],
    [reply(227, '(10,1,2,300,25,46)'), -1],
    [reply(227, '(10,1,2,3,25,256)'), -1],
    [reply(227, '(1,10,1,2,3,25,46)'), -1],
    [reply(227, '(10,1,2,3,25)'), -1],
    [reply(226, '(10,1,2,3,25,46)'), -1],
  ])('PASV %j', (answer, port) => expect(passivePort(answer)).toBe(port));
});

describe('facts', () => {
  it.each([
    [reply(213, '0'), 0],
    [reply(213, ' 12 '), 12],
    [reply(213, '12x'), -1],
    [reply(213, '-1'), -1],
    [reply(213, '1'.repeat(16)), -1],
    [reply(550, '12'), -1],
  ])('SIZE %j', (answer, size) => expect(sizeIn(answer)).toBe(size));

  it.each([
    [reply(213, '20240229120000'), Date.UTC(2024, 1, 29, 12)],
    [reply(213, '20240229120000.75'), Date.UTC(2024, 1, 29, 12)],
    [reply(213, '20230229120000'), null],
    [reply(213, '20241301120000'), null],
    [reply(213, '20240229250000'), null],
    [reply(213, '20240200000000'), null],
    [reply(213, '19691231235959'), null],
    [reply(213, '2024022912000'), null],
    [reply(550, '20240229120000'), null],
  ])('MDTM %j', (answer, time) => expect(timeIn(answer)).toBe(time));

  it('FEAT', () => {
    expect(featuresOf(reply(211, 'Features:', ' SIZE', ' rest STREAM', 'MDTM', ' MLST type*;', 'End'))).toEqual(
      new Set(['SIZE', 'REST', 'MLST']),
    );
    expect(featuresOf(reply(502, 'what?'))).toBeNull();
  });
});

describe('paths', () => {
  it.each([
    ['', '', true, 'I'],
    ['/', '', true, 'I'],
    ['/a', 'a', false, 'I'],
    ['/a/b/', 'a/b/', true, 'I'],
    ['//a', '/a', false, 'I'],
    ['/%2Fa', '/a', false, 'I'],
    ['/~', '', true, 'I'],
    ['/~/a', 'a', false, 'I'],
    ['/~joe/a', '~joe/a', false, 'I'],
    ['/a%20b%25', 'a b%', false, 'I'],
    ['/%C3%A4', '\xc3\xa4', false, 'I'],
    ['/%FF', '\xff', false, 'I'],
    ['/a/../../b', 'b', false, 'I'],
    ['/a;type=a', 'a', false, 'A'],
    ['/a;type=I', 'a', false, 'I'],
    ['/a;type=d', 'a', true, 'I'],
    ['/a;type=x', 'a;type=x', false, 'I'],
    ['/a%3Btype=a', 'a;type=a', false, 'I'],
  ])('%s', (path, means, directory, type) => {
    expect(targetOf(Url.parse(`ftp://h${path}`))).toEqual({ path: means, directory, type });
  });

  it.each(['/a%0D%0ADELE%20b', '/a%0Ab', '/a%00'])('%s cannot be said', (path) => {
    expect(targetOf(Url.parse(`ftp://h${path}`))).toMatch(/line end or NUL/);
  });

  it('takes no path for an option', () => {
    expect([listedPath('-la'), listedPath('a-b')]).toEqual(['./-la', 'a-b']);
    expect([isSayable('a b'), isSayable('a\nb')]).toEqual([true, false]);
  });

  it.each([
    ['', null],
    ['joe@', ['joe', '', false]],
    ['joe:@', ['joe', '', true]],
    ['j%40e:s%3Ac:r@', ['j@e', 's:c:r', true]],
  ])('names "%s"', (user, found) => {
    const read = userIn(Url.parse(`ftp://${user}h/`));
    expect(read && [read.credentials.user, read.credentials.password, read.hasPassword]).toEqual(found);
  });
});

describe('ranges', () => {
  const DATE = 'Thu, 29 Feb 2024 12:00:00 GMT';
  it.each([
    [undefined, undefined, 10, 'whole'],
    ['bytes=4-', undefined, 10, { first: 4, last: -1 }],
    ['bytes=4-6', undefined, 10, { first: 4, last: 6 }],
    ['bytes=4-9', undefined, 10, { first: 4, last: -1 }],
    ['bytes=4-99', undefined, 10, { first: 4, last: -1 }],
    ['bytes=10-', undefined, 10, 'outside'],
    ['bytes=0-', undefined, 0, 'outside'],
    ['bytes=-3', undefined, 10, { first: 7, last: -1 }],
    ['bytes=-30', undefined, 10, { first: 0, last: -1 }],
    ['bytes=-0', undefined, 10, 'outside'],
    ['bytes=-3', undefined, 0, 'outside'],
    ['bytes=-3', undefined, -1, 'whole'],
    ['bytes=4-', undefined, -1, { first: 4, last: -1 }],
    ['bytes=1-2,4-5', undefined, 10, 'whole'],
    ['bytes=6-4', undefined, 10, 'whole'],
    ['lines=1-', undefined, 10, 'whole'],
    ['bytes=4-', DATE, 10, { first: 4, last: -1 }],
    ['bytes=4-', '"tag"', 10, 'whole'],
  ])('%s if %s of %d', (text, condition, size, range) => {
    expect(ftpRange(text, condition, DATE, size)).toEqual(range);
    if (condition === DATE) expect(ftpRange(text, condition, '', size)).toBe('whole');
  });
});

describe('refusals', () => {
  const rows: [FtpMoment, number, string, string][] = [
    ['greeting', 421, 'too many', 'peer-overload'],
    ['greeting', 554, 'go away', 'peer-overload'],
    ['greeting', 331, 'what', 'protocol'],
    ['tls', 534, 'no', 'tls'],
    ['login', 530, 'no', 'auth'],
    ['login', 430, 'later', 'peer-overload'],
    ['login', 421, 'later', 'peer-overload'],
    ['setup', 421, 'idle', 'closed'],
    ['setup', 500, 'what', 'protocol'],
    ['get', 550, 'Failed to open file.', 'not-found'],
    ['get', 550, 'No such file or directory', 'not-found'],
    ['get', 550, 'x: Permission denied', 'access'],
    ['get', 550, 'x is a directory', 'directory'],
    ['get', 550, 'x: not a plain file.', 'directory'],
    ['get', 425, 'no data connection', 'network'],
    ['get', 426, 'broken', 'closed'],
    ['get', 451, 'disk', 'peer-internal'],
    ['get', 450, 'busy', 'access'],
    ['get', 522, 'reuse the session', 'tls'],
    ['get', 502, 'what', 'operation'],
    ['get', 226, 'done', 'protocol'],
    ['list', 450, 'nothing', 'not-found'],
    ['put', 550, 'no', 'access'],
    ['put', 553, 'no', 'access'],
    ['put', 452, 'full', 'network'],
    ['put', 552, 'quota', 'network'],
  ];
  it.each(rows)('%s %d %s', (moment, code, text, kind) => expect(kindOf(reply(code, text), moment)).toBe(kind));

  it('say what, where and in whose words', () => {
    expect(refusalOf(reply(550, 'No such file'), 'get', 'ftp://h', 'a\xc3\xa4').message).toBe(
      'ftp://h does not send aä: 550 No such file',
    );
  });
});

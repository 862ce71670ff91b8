import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { NetworkError } from '../../../src/index.ts';
import { type FtpScript, FtpServer, type FtpSession } from '../../support/ftp-server.ts';
import { managers } from '../../support/managers.ts';
import { ended, FINE, got, put, request } from './support.ts';

const manager = managers();

async function serving(scripts: Readonly<Record<string, FtpScript>>, greeting?: string): Promise<FtpServer> {
  const server = new FtpServer({ files: { abc: 'content' }, scripts, ...(greeting === undefined ? {} : { greeting }) });
  await server.listen();
  return server;
}

/** Begins a transfer, does this with its data connection, and says the rest. */
const sending =
  (use: (data: Socket) => unknown, last = ''): FtpScript =>
  (session) => {
    session.say('150 go');
    session.withData(use);
    if (last === 'bye') session.socket.end();
    else if (last !== '') session.say(last);
  };

/** Says it one byte a packet. */
function trickle(session: FtpSession, text: string): void {
  const next = (at: number): void => {
    if (at === text.length) return;
    session.socket.write(text[at]!);
    setImmediate(next, at + 1);
  };
  next(0);
}

/** As fast as it is taken, for ever. */
function endless(session: FtpSession, piece: string): void {
  const go = (): void => {
    while (!session.socket.destroyed && session.socket.write(piece));
  };
  session.socket.on('drain', go);
  go();
}

describe('a server that does not keep to the protocol', () => {
  const { ProtocolFailure, RemoteHostClosedError, UnknownServerError, UnknownNetworkError } = NetworkError;
  const rows: [what: string, scripts: Readonly<Record<string, FtpScript>>, error: NetworkError][] = [
    ['a line without end', { USER: (s) => endless(s, 'x'.repeat(65_536)) }, ProtocolFailure],
    ['a reply without end', { USER: (s) => endless(s, `331-x\r\n${'y\r\n'.repeat(10_000)}`) }, ProtocolFailure],
    ['promises without end', { RETR: (s) => endless(s, '150 soon\r\n') }, ProtocolFailure],
    ['garbage', { USER: (s) => s.say('HTTP/1.1 200 OK') }, ProtocolFailure],
    ['NULs', { FEAT: (s) => s.say('211 \0') }, ProtocolFailure],
    ['a promise for an answer to USER', { USER: (s) => s.socket.end('150 x\r\n') }, RemoteHostClosedError],
    ['a yes for a half of it', { TYPE: (s) => s.say('350 go on') }, ProtocolFailure],
    ['no place for data', { EPSV: (s) => s.say('229 (|||x|)') }, ProtocolFailure],
    ['a place that belongs to others', { EPSV: (s) => s.say('229 (|||22|)') }, ProtocolFailure],
    ['a place where nobody is', { EPSV: (s) => s.say('229 (|||1025|)') }, NetworkError.ConnectionRefusedError],
    ['too many users', { PASS: (s) => s.say('421 too many') }, UnknownServerError],
    ['the end without data', { RETR: sending((d) => d.end(), '226 done') }, RemoteHostClosedError],
    ['less than it has said', { RETR: sending((d) => d.end('cont'), '226 done') }, RemoteHostClosedError],
    ['more than it has said', { RETR: sending((d) => d.end('contents!')) }, ProtocolFailure],
    ['no end to the data', { RETR: sending((d) => d.end('content'), 'bye') }, RemoteHostClosedError],
    ['a failure behind the data', { RETR: sending((d) => d.end('content'), '426 no') }, RemoteHostClosedError],
    ['a broken data connection', { RETR: sending((d) => d.resetAndDestroy(), '426 no') }, RemoteHostClosedError],
    ['a refusal instead of data', { RETR: (s) => s.say('425 no data connection') }, UnknownNetworkError],
    [
      'data and a refusal',
      { RETR: (s) => s.withData((d) => d.write('c', () => s.say('550 no'))) },
      NetworkError.ContentNotFoundError,
    ],
  ];
  it.each(rows)('%s', async (_what, scripts, error) => {
    await using server = await serving(scripts);
    const reply = await got(manager(), server.url('/abc'));
    expect(reply.error()).toBe(error);
    if (error === ProtocolFailure) await server.whenIdle();
  });

  it.each([
    ['554 go away', UnknownServerError],
    ['421 too many', UnknownServerError],
    ['331 who?', ProtocolFailure],
    ['SSH-2.0-x', ProtocolFailure],
  ])('greets with "%s"', async (greeting, error) => {
    await using server = await serving({}, greeting);
    expect((await got(manager(), server.url('/abc'))).error()).toBe(error);
    expect(server.requests).toEqual([]);
  });

  it('answers an upload with the end at once', async () => {
    await using server = await serving({ STOR: (s) => s.say('226 done') });
    const reply = await put(manager(), server.url('/new'), Buffer.alloc(1_000_000));
    expect(reply.error()).toBe(RemoteHostClosedError);
  });

  it('says everything twice', async () => {
    await using server = await serving({
      RETR: (s) => {
        s.say('150 go');
        s.withData((data) => {
          data.end('content');
          s.say('226 done\r\n226 done');
        });
      },
    });
    const one = manager();
    // what nobody has asked for is no answer to the next command: that goes over another connection
    for (let i = 0; i < 2; i++) expect((await got(one, server.url('/abc'))).readAll().toString()).toBe('content');
    expect(server.count('USER')).toBe(2);
  });

  it('says everything twice, while somebody waits for the connection', async () => {
    await using server = await serving({
      RETR: (s) => {
        s.say('150 go');
        s.withData((data) => {
          data.end('content');
          data.once('finish', () => s.say('226 done\r\n226 done'));
        });
      },
      PASS: (s) => (server.count('PASS') > 1 && server.count('RETR') === 0 ? s.say('421 one is enough') : false),
    });
    const one = manager();
    const replies = [1, 2, 3].map(() => one.get(request(server.url('/abc'))));
    const came: string[] = [];
    for (const reply of replies) came.push((await ended(reply)).readAll().toString() || reply.errorString());
    expect(came).toEqual(['content', 'content', 'content']);
  });

  it('hangs up when it has confirmed what is still on its way', async () => {
    await using server = await serving({
      RETR: (s) => {
        s.say('150 go');
        s.withData((data) => {
          data.write('con');
          s.socket.end('226 done\r\n421 good bye\r\n');
          s.socket.once('close', () => data.end('tent'));
        });
      },
    });
    const reply = await got(manager(), server.url('/abc'));
    expect([reply.errorString(), reply.readAll().toString()]).toEqual([FINE, 'content']);
  });

  it('is heard byte by byte', async () => {
    await using server = await serving({
      USER: (s, name) => {
        s.user = name;
        trickle(s, '331-password\r\n please\r\n331 now\r\n');
      },
      FEAT: (s) => trickle(s, '211-x\r\n SIZE\r\n211 x\r\n'),
      SIZE: (s) => trickle(s, '213 7\r\n'),
    });
    const reply = await got(manager(), server.url('/abc'));
    expect([reply.errorString(), reply.readAll().toString()]).toEqual([FINE, 'content']);
  });

  it('sends data before it says so, and is done before it has sent it', async () => {
    await using server = await serving({
      RETR: (s) =>
        s.withData((data) => {
          data.write('con');
          setImmediate(() => {
            s.say('150 go\r\n226 done');
            setImmediate(() => data.end('tent'));
          });
        }),
    });
    expect((await got(manager(), server.url('/abc'))).readAll().toString()).toBe('content');
  });

  it('cannot lead us to others', async () => {
    const visitors: number[] = [];
    const victim: Server = createServer((socket) => {
      visitors.push(1);
      socket.end('secret');
    });
    await new Promise<void>((resolve) => victim.listen(0, '127.0.0.2', resolve));
    const { port } = victim.address() as { port: number };
    await using server = await serving({
      EPSV: (s) => s.say('500 what?'),
      PASV: (s) => s.say(`227 (127,0,0,2,${port >> 8},${port & 255})`),
    });
    const reply = await got(manager(), server.url('/abc'));
    victim.close();
    expect([reply.error(), reply.readAll().toString(), visitors]).toEqual([NetworkError.ConnectionRefusedError, '', []]);
  });

  it('dies in the middle of a download', async () => {
    const large = Buffer.alloc(60_000_000, 'x');
    await using server = new FtpServer({ files: { large } });
    await server.listen();
    const reply = manager().get(request(server.url('/large')));
    reply.setReadBufferSize(65_536);
    reply.readyRead.connect(() => {
      if (server.open > 0) void server.close();
      reply.setReadBufferSize(0);
    });
    await ended(reply);
    expect(reply.error()).toBe(RemoteHostClosedError);
    expect(reply.readAll().length).toBeLessThan(large.length);
  });

  it('is not trusted with a second try of an upload that it has begun', async () => {
    await using server = await serving({ STOR: (s) => sending(() => s.socket.destroy())(s, '') });
    const reply = await put(manager(), server.url('/new'), 'x');
    expect([reply.error(), server.count('STOR')]).toEqual([RemoteHostClosedError, 1]);
  });

  it('is forgiven for what does not matter', async () => {
    await using server = await serving({
      FEAT: (s) => s.say('500 what?'),
      SIZE: (s) => s.say('500 what?'),
      MDTM: (s) => s.say('213 yesterday'),
      USER: (s) => s.say('230 no password needed'),
    });
    const reply = await got(manager(), server.url('/abc'));
    expect([reply.errorString(), reply.readAll().toString(), reply.rawHeaderPairs()]).toEqual([FINE, 'content', []]);
  });
});

import { describe, expect, it } from 'vitest';
import { NetworkError, type QAuthenticator, type QNetworkAccessManager, QNetworkRequest } from '../../../src/index.ts';
import { FtpServer } from '../../support/ftp-server.ts';
import { managers } from '../../support/managers.ts';
import { ended, FINE, got, request } from './support.ts';

const manager = managers();
const USERS = { joe: 'right', 'j@e': 'p:w' };

async function guarded(users: Readonly<Record<string, string>> = USERS): Promise<FtpServer> {
  const server = new FtpServer({ users, files: { abc: 'content' } });
  await server.listen();
  return server;
}

/** Answers questions with these passwords in turn; the last one goes on. Gives the names that were filled in before. */
function answers(one: QNetworkAccessManager, user: string, ...passwords: string[]): string[] {
  const asked: string[] = [];
  one.authenticationRequired.connect((_reply, form: QAuthenticator) => {
    const password = passwords[Math.min(asked.length, passwords.length - 1)];
    asked.push(form.user());
    if (password === undefined) return;
    form.setUser(user);
    form.setPassword(password);
  });
  return asked;
}

describe('who is not known', () => {
  it('is asked for, and remembered', async () => {
    await using server = await guarded();
    const one = manager();
    const asked = answers(one, 'joe', 'wrong', 'right');
    expect((await got(one, server.url('/abc'))).readAll().toString()).toBe('content');
    expect(asked).toEqual(['', 'joe']);
    expect((await got(one, server.url('/abc'))).errorString()).toBe(FINE);
    expect([asked.length, server.requests.filter((line) => line.startsWith('PASS'))]).toEqual([
      2,
      ['PASS anonymous@', 'PASS wrong', 'PASS right'],
    ]);
  });

  it('is asked for once by all who come at the same time', async () => {
    await using server = await guarded();
    const one = manager();
    const asked = answers(one, 'joe', 'right');
    const replies = await Promise.all(Array.from({ length: 5 }, () => got(one, server.url('/abc'))));
    expect([replies.map((reply) => reply.readAll().toString()), asked.length]).toEqual([Array(5).fill('content'), 1]);
  });

  it('is asked for by the next one when the first has been given up', async () => {
    await using server = await guarded();
    const one = manager();
    let asked = 0;
    one.authenticationRequired.connect((reply, form: QAuthenticator) => {
      if (++asked === 1) return new Promise(() => setImmediate(() => reply.abort()));
      form.setUser('joe');
      form.setPassword('right');
      return undefined;
    });
    const replies = await Promise.all([got(one, server.url('/abc')), got(one, server.url('/abc'))]);
    expect(replies.map((reply) => reply.error())).toEqual([NetworkError.OperationCanceledError, NetworkError.NoError]);
  });

  it('is not remembered where that is not wanted', async () => {
    await using server = await guarded();
    const one = manager();
    const asked = answers(one, 'joe', 'right');
    for (let i = 0; i < 2; i++) {
      const manual = request(server.url('/abc'));
      manual.setAttribute(QNetworkRequest.AuthenticationReuseAttribute, QNetworkRequest.Manual);
      expect((await ended(one.get(manual))).errorString()).toBe(FINE);
    }
    expect(asked).toEqual(['', '']);
  });

  it('is forgotten with the access cache', async () => {
    await using server = await guarded();
    const one = manager();
    const asked = answers(one, 'joe', 'right');
    await got(one, server.url('/abc'));
    one.clearAccessCache();
    await server.whenIdle();
    await got(one, server.url('/abc'));
    expect(asked).toEqual(['', '']);
  });

  it.each([
    ['nobody answers', []],
    ['somebody says the same again', ['wrong', 'wrong']],
  ])('is refused when %s', async (_what, passwords) => {
    await using server = await guarded();
    const one = manager();
    if (passwords.length > 0) answers(one, 'joe', ...passwords);
    const reply = await got(one, server.url('/abc'));
    expect([reply.error(), reply.errorString()]).toEqual([
      NetworkError.AuthenticationRequiredError,
      `ftp://127.0.0.1:${server.port} does not let us log in: 530 Login incorrect.`,
    ]);
  });
});

describe('who is named by the URL', () => {
  it.each(['joe:right@', 'j%40e:p%3Aw@'])('%s', async (user) => {
    await using server = await guarded();
    const one = manager();
    const asked = answers(one, 'joe', 'right');
    expect((await got(one, server.url('/abc', user))).errorString()).toBe(FINE);
    expect([asked, server.count('PASS')]).toEqual([[], 1]);
  });

  it('is asked for the password that is missing or wrong', async () => {
    await using server = await guarded();
    for (const user of ['joe@', 'joe:wrong@']) {
      const one = manager();
      const asked = answers(one, 'joe', 'right');
      expect((await got(one, server.url('/abc', user))).errorString()).toBe(FINE);
      expect(asked).toEqual(['joe']);
    }
  });

  it('has connections of his own', async () => {
    await using server = await guarded({ joe: 'right', ann: 'right' });
    const one = manager();
    for (const user of ['joe', 'ann', 'joe']) await got(one, server.url('/abc', `${user}:right@`));
    const wrong = await got(one, server.url('/abc', 'joe:wrong@'));
    expect([wrong.error(), server.count('USER')]).toEqual([NetworkError.AuthenticationRequiredError, 3]);
  });

  it('shows nobody the password', async () => {
    await using server = await guarded();
    const reply = await got(manager(), server.url('/nope', 'joe:right@'));
    expect(JSON.stringify([reply.errorString(), reply.failure()])).not.toContain('right');
  });
});

it('an account cannot be named', async () => {
  await using server = new FtpServer({ scripts: { PASS: (s) => s.say('332 account?') } });
  await server.listen();
  expect((await got(manager(), server.url('/abc'))).error()).toBe(NetworkError.AuthenticationRequiredError);
});

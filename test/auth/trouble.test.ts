import { expect, it } from 'vitest';
import { type ManagerOptions, QNetworkAccessManager, QNetworkProxy, QNetworkReply } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { httpProxy } from '../support/proxy-server.ts';
import { type Served, serve } from '../support/server.ts';

/** A server that wants to know who asks, in these words. */
const asking = (challenge: string): Promise<Served> =>
  serve({ routes: { '*': { status: 401, headers: { 'WWW-Authenticate': challenge }, body: 'who?' } } });

const broken = (): never => {
  throw new Error('the vault is locked');
};

async function told(url: string, options: ManagerOptions, prepare: (manager: QNetworkAccessManager) => void = () => {}) {
  await using manager = new QNetworkAccessManager(options);
  prepare(manager);
  const reply = manager.get(url);
  await within(reply.whenFinished(), 'the end');
  return { error: reply.error(), text: reply.errorString(), cause: reply.failure()?.cause };
}

it.each([
  ['throws', broken],
  ['rejects', () => Promise.reject(new Error('the vault is locked'))],
])('a source of tokens that %s is the end of the request, and the program learns why', async (_how, tokenSource) => {
  await using server = await asking('Bearer realm="R"');
  const { error, text, cause } = await told(server.url(), { tokenSource });
  expect(error).toBe(QNetworkReply.AuthenticationRequiredError);
  expect(text).toContain('requires authentication, and that has failed: the vault is locked');
  expect(cause).toEqual(new Error('the vault is locked'));
});

it('a netrc file that cannot be read is, too', async () => {
  await using server = await asking('Basic realm="R"');
  const { error, text } = await told(server.url(), { netrc: `${import.meta.dirname}/no-such-folder/\0` });
  expect(error).toBe(QNetworkReply.AuthenticationRequiredError);
  expect(text).toContain('requires authentication, and that has failed: ');
});

it('another scheme may do', async () => {
  await using server = await serve({
    routes: {
      '*': (request) =>
        request.header('Authorization')?.startsWith('Basic ') === true
          ? { body: 'page' }
          : { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="R", Basic realm="R"' } },
    },
  });
  const { error } = await told(server.url(), { tokenSource: broken }, (manager) =>
    manager.authenticationRequired.connect((_reply, authenticator) => {
      authenticator.setUser('u');
      authenticator.setPassword('p');
    }),
  );
  expect(error).toBe(QNetworkReply.NoError);
});

it('a proxy that wants a ticket hears of it as well', async () => {
  await using proxy = await httpProxy({
    answer: () => ({ write: 'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n' }),
  });
  const negotiate = { hosts: [], source: { start: broken } };
  const { error, text, cause } = await told('https://page.test/', { negotiate }, (manager) =>
    manager.setProxy(new QNetworkProxy(QNetworkProxy.HttpProxy, '127.0.0.1', proxy.port)),
  );
  expect(error).toBe(QNetworkReply.ProxyAuthenticationRequiredError);
  expect(text).toContain('the vault is locked');
  expect(cause).toEqual(new Error('the vault is locked'));
});

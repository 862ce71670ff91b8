import { describe, expect, it } from 'vitest';
import {
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  QSslCertificate,
  QSslConfiguration,
  type QSslError,
} from '../../src/index.ts';
import { shown } from '../api/security/support.ts';
import { within } from '../support/once.ts';
import { ROWS, type Row, root } from './badssl-rows.ts';
import { needing, program } from './programs.ts';
import { SServer } from './s-server.ts';

const { NetworkError } = QNetworkReply;

interface Told {
  readonly error: string;
  readonly errors: readonly QSslError[];
  readonly text: string;
}

async function ask(server: SServer, row: Row, path: string, ignore: (reply: QNetworkReply) => void): Promise<Told> {
  await using manager = new QNetworkAccessManager();
  const request = new QNetworkRequest(server.url(path));
  const configuration = new QSslConfiguration();
  configuration.setCaCertificates([new QSslCertificate((row.trusts?.() ?? root).pem)]);
  request.setSslConfiguration(configuration);
  if (row.as !== undefined) request.setPeerVerifyName(row.as);
  const reply = manager.get(request);
  const lists: QSslError[][] = [];
  reply.sslErrors.connect((errors) => void lists.push(errors));
  ignore(reply);
  await within(reply.whenFinished(), `the end of ${path}`);
  expect(lists.length).toBeLessThanOrEqual(1);
  return { error: NetworkError[reply.error()]!, errors: lists[0] ?? [], text: reply.readAll().toString() };
}

const nothing = (): void => {};
const everything = (reply: QNetworkReply): void => reply.ignoreSslErrors();
const REFUSED = { error: 'SslHandshakeFailedError', text: '' };
const SERVED = { error: 'NoError', text: 'page' };

describe.skipIf(program('openssl') === null)(needing('openssl s_server with', 'openssl'), () => {
  for (const row of ROWS) {
    const what = row.as === undefined ? row.what : `${row.what}, asked for ${row.as}`;
    it(`${what}: ${row.errors === null ? 'no handshake' : row.errors.join(', ') || 'served'}`, async () => {
      await using server = await new SServer({ chain: row.chain(), options: row.options ?? [] }).start();
      const first = await ask(server, row, '/first', nothing);
      expect(shown(first.errors)).toEqual(row.errors ?? []);
      if (row.errors?.length === 0) {
        expect(first).toMatchObject(SERVED);
        expect(await server.whenAllHeard()).toMatch(/^GET \/first HTTP\/1\.1\r\n/);
        return;
      }
      expect(first).toMatchObject(REFUSED);
      const all = await ask(server, row, '/all', everything);
      if (row.errors === null) {
        expect(all).toMatchObject(REFUSED);
        expect(await server.whenAllHeard()).toBe('');
        return;
      }
      expect(all).toMatchObject(SERVED);
      // exactly what was listed, and nothing less
      for (const [i] of first.errors.entries()) {
        const others = first.errors.filter((_, k) => k !== i);
        expect(await ask(server, row, '/less', (reply) => reply.ignoreSslErrors(others))).toMatchObject(REFUSED);
      }
      expect(await ask(server, row, '/listed', (reply) => reply.ignoreSslErrors([...first.errors]))).toMatchObject(SERVED);
      // not a byte of what was refused, before or between
      const heard = await server.whenAllHeard();
      expect(heard.split('\r\n\r\n').map((head) => head.split(' HTTP/1.1\r\n', 1)[0])).toEqual(['GET /all', 'GET /listed', '']);
    });
  }
});

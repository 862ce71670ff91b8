import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkRequest } from '../../src/index.ts';
import type { Minted } from '../support/mint.ts';
import { Apache } from './apache.ts';
import { client, configuration, over, REFUSED, request, strange } from './client-tls.ts';
import { needing, program } from './programs.ts';

describe.skipIf(program('apache2') === null)(needing('apache', 'apache2'), () => {
  let apache: Apache;

  beforeAll(async () => {
    apache = new Apache();
    apache.put('page.txt', 'page');
    await apache.start();
  });
  afterAll(() => apache[Symbol.asyncDispose]());

  const SERVED: [string, string] = ['NoError', 'page'];
  const known = client('client one');
  const unknown = client('client one', strange);

  const rows: [what: string, shown: Minted | undefined, end: [string, string]][] = [
    ['one it knows', known, SERVED],
    ['one of a stranger', unknown, REFUSED],
    ['none', undefined, REFUSED],
  ];
  // which it says after our handshake, so that the request is on its way
  it.each(rows)('wants a certificate and is shown %s', async (_, shown, end) => {
    await using manager = new QNetworkAccessManager();
    expect(await over(manager.get(request(apache.url('mutual', '/page.txt'), configuration(shown))))).toEqual(end);
  });

  it('wants a certificate in the middle of a connection, which only HTTP/1.1 can do (RFC 9113 9.2.1)', async () => {
    await using manager = new QNetworkAccessManager();
    const tls = configuration(known);
    const used: unknown[] = [];
    for (const path of ['/page.txt', '/private/page.txt', '/page.txt']) {
      const reply = manager.get(request(apache.url('old', path), tls));
      expect(await over(reply)).toEqual(SERVED);
      used.push(reply.attribute(QNetworkRequest.Attribute.Http2WasUsedAttribute));
    }
    expect(used.slice(0, 2)).toEqual([true, false]);
  });

  it('wants one in the middle of a connection, and there is none', async () => {
    await using manager = new QNetworkAccessManager();
    expect(await over(manager.get(request(apache.url('old', '/private/page.txt'))))).toEqual(REFUSED);
  });
});

import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BodySource, QNetworkReply } from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { Pipe } from '../../support/pipe.ts';
import { serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';
import { finished, fresh } from '../bridge/support.ts';

beforeAll(trustTestAuthority);

const streamed = { headers: { 'Content-Length': '5' }, attributes: { DoNotBufferUploadDataAttribute: true } };
const sources: readonly [what: string, make: () => BodySource, options?: object][] = [
  ['a Node stream', () => Readable.from(['hello'])],
  ['a web stream', () => new Response('hello').body!],
  ['a generator', () => ['hello'].values()],
  ['a sequential device that is not buffered', () => new Pipe('hello'), streamed],
];

describe('a body that can be read once and that nobody has read', () => {
  for (const verb of ['put', 'post'] as const) {
    it.each(sources)(
      `${verb.toUpperCase()} of %s goes to the next connection when the TLS handshake breaks`,
      async (_what, make, options) => {
        await using origin = await serve({
          tls: identity(),
          connect: (connection) => (connection === 1 ? { end: 'close' } : undefined),
          routes: { '*': { body: 'ok' } },
        });
        await using manager = fresh();
        const reply = await finished(manager[verb](origin.url(), make(), options));
        expect([reply.error(), reply.errorString()]).toEqual([0, 'Unknown error']);
        expect(origin.accepted).toBe(2);
        expect(origin.requests.map(({ body }) => body.toString())).toEqual(['hello']);
      },
    );
  }

  it.each(sources)('%s: when the TLS handshake breaks each time, that is the error', async (_what, make, options) => {
    await using origin = await serve({ tls: identity(), connect: { end: 'close' } });
    await using manager = fresh();
    const reply = await finished(manager.put(origin.url(), make(), options));
    expect(reply.error()).toBe(QNetworkReply.RemoteHostClosedError);
    expect(reply.failure()).toMatchObject({ kind: 'closed', phase: 'tls', maybeProcessed: false });
    expect(origin.accepted).toBe(2);
  });

  it('and is closed all the same when the transfer fails', async () => {
    await using origin = await serve({ tls: identity(), connect: { end: 'close' } });
    await using manager = fresh();
    const stream = Readable.from(['hello']);
    await finished(manager.put(origin.url(), stream));
    await until(() => stream.destroyed, 'the end of the stream');
  });
});

import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Random } from '../../fuzz/random.ts';
import { someFields } from './fields.ts';
import { NodePeer } from './node-peer.ts';
import { Wire } from './wire.ts';

describe('HPACK with the HTTP/2 of Node.js', () => {
  it.each([0, 64, 4_096, 65_536])('both ways, with a table of %d octets there', async (headerTableSize) => {
    const random = new Random(headerTableSize + 1);
    const server = http2.createServer({ settings: { headerTableSize }, maxHeaderListPairs: 500 });
    server.on('session', (session) => {
      let count = 0;
      session.on('stream', () => {
        // another size in the middle
        if (++count === 40) session.settings({ headerTableSize: 100 });
        if (count === 60) session.settings({ headerTableSize: 4_096 });
      });
    });
    server.on('stream', (stream, headers) => {
      const got = Object.entries(headers).filter(([name]) => name.startsWith('x-'));
      const back: Record<string, string> = {};
      for (const [name, value] of got) back[name] = String(value);
      stream.respond({ ':status': 200, ...back, 'x-auth': String(headers['authorization']) });
      stream.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const peer = new NodePeer((server.address() as AddressInfo).port);
    try {
      for (let i = 0; i < 100; i++) {
        const fields = new Map<string, string>();
        for (const [name, value] of someFields(random))
          if (name.startsWith('x-')) fields.set(name, value.trim().replaceAll(/[\0-\x1f\x7f]/g, '-'));
        if (i % 9 === 0) fields.set('x-again', 'the same each time');
        const heard = await peer.get([...fields, ['authorization', `secret ${i}`]]);
        const got = new Map<string, string>();
        for (let at = 0; at < heard.size; at++)
          if (heard.nameAt(at).startsWith('x-')) got.set(heard.nameAt(at), heard.valueAt(at));
        fields.set('x-auth', `secret ${i}`);
        expect(Object.fromEntries(got)).toEqual(Object.fromEntries(fields));
      }
    } finally {
      peer.close();
      await new Promise((done) => server.close(done));
    }
  });

  it('a connection of ours has not kept a secret', async () => {
    const wire = await new Wire().greeted();
    wire.request(null, (call) => {
      call.extra = [
        ['authorization', 'Basic c2VjcmV0'],
        ['cookie', 'a=b'],
      ];
    });
    await wire.sent();
    const { encoder } = wire.connection.outlet;
    expect(JSON.stringify(Reflect.get(encoder, 'kept'))).not.toContain('c2VjcmV0');
    expect(JSON.stringify(Reflect.get(encoder, 'kept'))).toContain('a=b');
  });
});

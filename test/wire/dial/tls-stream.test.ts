import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { ByteStream } from '../../../src/contract/stream.ts';
import type { SecureOptions } from '../../../src/wire/dial/network.ts';
import { nodeNetwork } from '../../../src/wire/dial/node-network.ts';
import { Sessions } from '../../../src/wire/dial/sessions.ts';
import type { SocketStream } from '../../../src/wire/dial/socket-stream.ts';
import { ManualClock } from '../../support/clock.ts';
import { until } from '../../support/once.ts';
import { peer, peerPem } from '../../support/tls.ts';
import { PLAIN_WISH } from './simulated-network.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const clock = new ManualClock(Date.now());

/** A connection to a server that speaks first. */
async function spokenTo(greeting: string, sessions = new Sessions(clock)): Promise<{ stream: ByteStream; other: TLSSocket }> {
  let other: TLSSocket | null = null;
  const server = createServer(peer('good'), (socket) => {
    other = socket;
    socket.on('error', () => {});
    socket.write(greeting);
  });
  await new Promise<void>((next) => server.listen(0, '127.0.0.1', next));
  const { port } = server.address() as { port: number };
  const wish = { ...PLAIN_WISH, authorities: [peerPem('ca')] };
  const secure: SecureOptions = { route: 'r', sessions, peerName: '127.0.0.1', alpn: ['http/1.1'], wish, sharedKey: null };
  const stream = await new Promise<ByteStream>((resolve, reject) => {
    const options = { port, probes: null, local: null, secure };
    nodeNetwork.connect({ address: '127.0.0.1', family: 4 }, options, (problem, lower) => {
      if (problem !== null) return reject(new Error(problem.message));
      nodeNetwork.secure(lower!, secure, (refusal, made) =>
        refusal === null ? resolve(made!) : reject(new Error(refusal.message)),
      );
    });
  });
  closers.push(() => {
    stream.destroy();
    other?.destroy();
    server.close();
  });
  await until(() => other !== null, 'the connection at the server');
  return { stream, other: other! };
}

describe('a TLS stream', () => {
  it('tells that it has gone, even if it had before anybody was told', async () => {
    const { stream, other } = await spokenTo('bye');
    const { socket } = stream as SocketStream;
    other.end();
    await until(() => socket.closed, 'the end');
    const told: string[] = [];
    stream.handler = {
      bytes: (memory, size) => void told.push(memory.toString('latin1', 0, size)),
      ended() {},
      closed: () => void told.push('closed'),
    };
    await until(() => told.length === 2, 'the news');
    expect(told).toEqual(['bye', 'closed']);
  });

  it('lets a peer wait that talks on while nobody listens, and loses nothing', async () => {
    const size = 16 * 1_048_576;
    const { stream, other } = await spokenTo('x'.repeat(size));
    const { socket } = stream as SocketStream;
    await until(() => socket.isPaused(), 'the pause');
    expect(other.writableLength).toBeGreaterThan(0);
    expect(held(stream).length).toBeLessThan(1_048_576);
    let heard = 0;
    stream.handler = {
      bytes(_memory, read) {
        heard += read;
      },
      ended() {},
      closed() {},
    };
    await until(() => heard === size, 'the rest');
  });

  it('keeps what comes before anybody is told, and tells it first', async () => {
    const { stream, other } = await spokenTo('early ');
    expect(stream.secure).toMatchObject({ doubts: [], doubted: false, resumed: false });
    await until(() => held(stream) === 'early ', 'what is held');
    let heard = '';
    stream.handler = {
      bytes(memory, size) {
        heard += memory.toString('latin1', 0, size);
      },
      ended() {},
      closed() {},
    };
    other.write('and late');
    await until(() => heard.length >= 14, 'all of it');
    expect(heard).toBe('early and late');
  });
});

/** What a stream holds for who comes. */
function held(stream: ByteStream): string {
  const { early } = stream as unknown as { early: Buffer[] | null };
  return Buffer.concat(early ?? []).toString('latin1');
}

import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/contract/failure.ts';
import type { ByteStream, StreamHandler } from '../../src/contract/stream.ts';
import { createTestNetwork } from '../../src/testing/network/network.ts';
import type { TestLine } from '../../src/testing/network/services.ts';
import { nodeNetwork } from '../../src/wire/dial/node-network.ts';
import { SocketStream } from '../../src/wire/dial/socket-stream.ts';
import { until } from '../support/once.ts';
import { caPem, identity } from '../support/tls.ts';
import { worldOf } from '../testing/network/worlds.ts';
import { SECURED, SimulatedStream } from '../wire/dial/simulated-network.ts';

/** The other end of a stream. */
interface Peer {
  readonly received: string;
  /** It saw our FIN, or the end of the connection. */
  readonly ended: boolean;
  says(text: string): void;
  hangsUp(): void;
  resets(): void;
}

interface Pair {
  readonly stream: ByteStream;
  readonly peer: Peer;
}

class DuplexPeer implements Peer {
  received = '';
  ended = false;
  private readonly socket: Duplex;
  private readonly reset: () => void;

  constructor(socket: Duplex, reset: () => void) {
    this.socket = socket;
    this.reset = reset;
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
    });
    const over = (): void => {
      this.ended = true;
    };
    socket.on('end', over).on('close', over).on('error', over);
  }
  says(text: string): void {
    this.socket.write(text, 'latin1');
  }
  hangsUp(): void {
    this.socket.end();
  }
  resets(): void {
    this.reset();
  }
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

/** A promise and the way to fulfil it. */
function later<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
}

async function listening<S extends Server>(server: S): Promise<number> {
  open.push({ close: () => void server.close() });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

async function plainPair(): Promise<Pair> {
  const accepted = later<Socket>();
  const port = await listening(createServer({ allowHalfOpen: true, noDelay: true }, accepted.resolve));
  const stream = await new Promise<ByteStream>((resolve, reject) => {
    nodeNetwork.connect(
      { address: '127.0.0.1', family: 4 },
      { port, probes: null, local: null, secure: null },
      (problem, made) => {
        if (problem === null) resolve(made!);
        else reject(new Error(problem.message));
      },
    );
  });
  const socket = await accepted.promise;
  open.push({ close: () => stream.destroy() }, { close: () => socket.destroy() });
  return { stream, peer: new DuplexPeer(socket, () => socket.resetAndDestroy()) };
}

async function tlsPair(): Promise<Pair> {
  const accepted = later<Socket>();
  const raw = later<Socket>();
  const server = createTlsServer({ ...identity(), allowHalfOpen: true }, accepted.resolve);
  server.on('connection', raw.resolve);
  const port = await listening(server);
  const lower = connectTcp({ host: '127.0.0.1', port });
  const socket = connectTls({ socket: lower, ca: caPem(), host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const stream = new SocketStream(socket, SECURED, null);
  const other = await accepted.promise;
  const lowest = await raw.promise;
  open.push({ close: () => socket.destroy() }, { close: () => other.destroy() });
  return { stream, peer: new DuplexPeer(other, () => lowest.resetAndDestroy()) };
}

async function simulatedPair(): Promise<Pair> {
  const stream = new SimulatedStream('127.0.0.1', 80);
  const peer: Peer = {
    get received() {
      return stream.written;
    },
    get ended() {
      return stream.finished || stream.destroyed;
    },
    says: (text) => {
      process.nextTick(() => stream.says(text));
    },
    hangsUp: () => {
      process.nextTick(() => stream.hangsUp());
    },
    resets: () => {
      process.nextTick(() => stream.breaks());
    },
  };
  return { stream, peer };
}

/** Of the network that users put under their tests. */
async function memoryPair(tls: boolean): Promise<Pair> {
  const accepted = later<Peer>();
  const peer = ({ stream, reset }: TestLine): void => accepted.resolve(new DuplexPeer(stream, reset));
  const made = createTestNetwork({
    names: { 'site.test': { addresses: ['127.0.0.1'] } },
    origins: { 'http://site.test': { peer }, 'https://site.test': { peer } },
  });
  open.push({ close: () => void made.close() });
  const { network } = worldOf(made);
  const to = { port: tls ? 443 : 80, probes: null, local: null, secure: null };
  const plain = await new Promise<ByteStream>((resolve) => {
    network.connect({ address: '127.0.0.1', family: 4 }, to, (_, stream) => resolve(stream!));
  });
  if (!tls) return { stream: plain, peer: await accepted.promise };
  const how = { route: '', sessions: null, peerName: 'site.test', alpn: [], wish: null, sharedKey: null };
  const stream = await new Promise<ByteStream>((resolve) => {
    network.secure(plain, how, (_, secured) => resolve(secured!));
  });
  return { stream, peer: await accepted.promise };
}

/** What the stream says, in order. */
class Listener implements StreamHandler {
  text = '';
  readonly events: string[] = [];
  problem: Failure | null = null;

  constructor(stream: ByteStream) {
    stream.handler = this;
  }
  bytes(memory: Buffer, size: number): void {
    this.text += memory.toString('latin1', 0, size);
  }
  ended(): void {
    this.events.push('ended');
  }
  closed(problem: Failure | null): void {
    this.events.push('closed');
    this.problem = problem;
  }
}

const turn = (): Promise<void> => new Promise((next) => setTimeout(next, 10));

const fillings: [name: string, make: () => Promise<Pair>, secure: boolean][] = [
  ['a plain socket', plainPair, false],
  ['a TLS socket', tlsPair, true],
  ['the simulated one', simulatedPair, false],
  ['one in memory', () => memoryPair(false), false],
  ['one in memory over which TLS is played', () => memoryPair(true), true],
];

for (const [name, make, secure] of fillings) {
  describe(`the byte stream: ${name}`, () => {
    it('says where it leads', async () => {
      const { stream } = await make();
      expect(stream.remoteAddress).toBe('127.0.0.1');
      expect(stream.remotePort).toBeGreaterThan(0);
      expect(stream.secure !== null).toBe(secure);
    });

    it('sends text and bytes in order, one octet a character', async () => {
      const { stream, peer } = await make();
      stream.writeText('a\xff');
      stream.write(Buffer.from([0, 200]));
      stream.cork();
      stream.writeText('b');
      stream.write(Buffer.from('c'));
      stream.uncork();
      await until(() => peer.received.length >= 6, 'the bytes');
      expect(peer.received).toBe('a\xff\x00\xc8bc');
    });

    it('tells when bytes were accepted, later', async () => {
      const { stream } = await make();
      const told: string[] = [];
      stream.writeText('a', () => told.push('text'));
      stream.write(Buffer.from('b'), () => told.push('bytes'));
      expect(told).toEqual([]);
      await until(() => told.length === 2, 'both calls');
      expect(told).toEqual(['text', 'bytes']);
      expect(stream.pending).toBe(0);
    });

    it('hands over what arrives', async () => {
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      const long = 'x'.repeat(300_000);
      peer.says(long);
      await until(() => listener.text.length >= long.length, 'everything');
      peer.says('end\xff');
      await until(() => listener.text.endsWith('end\xff'), 'the rest');
      expect(listener.text).toBe(`${long}end\xff`);
      expect(listener.events).toEqual([]);
    });

    it('reads into memory that it is given, or tells all the same', async () => {
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      peer.says('first');
      await until(() => listener.text === 'first', 'the first');
      const memory = Buffer.alloc(70_000);
      stream.readInto(memory, true);
      peer.says(`second${'y'.repeat(100_000)}`);
      await until(() => listener.text.length === 100_011, 'the second');
      stream.readInto(null, false);
      peer.says('third');
      await until(() => listener.text.endsWith('third'), 'the third');
      expect(listener.text).toBe(`firstsecond${'y'.repeat(100_000)}third`);
    });

    it('is handed over to another handler, with what the one before has read too much', async () => {
      const { stream, peer } = await make();
      const first = new Listener(stream);
      peer.says('first');
      await until(() => first.text === 'first', 'the first');
      stream.handOver(Buffer.from('rest '));
      const second = new Listener(stream);
      expect({ text: second.text, secure: stream.secure }).toEqual({ text: '', secure: null });
      peer.says('second');
      await until(() => second.text.endsWith('second'), 'the second');
      expect(second.text).toBe('rest second');
      stream.handOver(null);
      const third = new Listener(stream);
      peer.says('third');
      peer.hangsUp();
      await until(() => third.events.length > 0, 'the end');
      expect(third.text).toBe('third');
      expect([first, second].map(({ text, events }) => ({ text, events }))).toEqual([
        { text: 'first', events: [] },
        { text: 'rest second', events: [] },
      ]);
    });

    it('is silent while it is paused', async () => {
      if (name === 'the simulated one') return;
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      peer.says('a');
      await until(() => listener.text === 'a', 'the first byte');
      stream.pause();
      peer.says('b'.repeat(2_000_000));
      await turn();
      await turn();
      // what the system had read already may come
      expect(listener.text.length).toBeLessThan(300_000);
      stream.resume();
      await until(() => listener.text.length === 2_000_001, 'the rest');
    });

    it('tells of a FIN, and can still send on a plain connection', async () => {
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      peer.says('last');
      peer.hangsUp();
      await until(() => listener.events.length > 0, 'the end');
      expect(listener.text).toBe('last');
      expect(listener.events[0]).toBe('ended');
      if (secure) return;
      stream.writeText('answer');
      await until(() => peer.received === 'answer', 'the answer');
    });

    it('sends FIN behind everything written', async () => {
      const { stream, peer } = await make();
      stream.writeText('z'.repeat(100_000));
      stream.end();
      await until(() => peer.ended, 'the end');
      expect(peer.received).toHaveLength(100_000);
    });

    it('tells once that it is gone, and why', async () => {
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      peer.says('a');
      await until(() => listener.text === 'a', 'a byte');
      peer.resets();
      await until(() => listener.events.includes('closed'), 'the end');
      await turn();
      expect(listener.events.filter((e) => e === 'closed')).toHaveLength(1);
      expect(listener.problem?.kind ?? 'closed').toBe('closed');
    });

    it('is silent after destroy', async () => {
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      peer.says('a');
      await until(() => listener.text === 'a', 'a byte');
      stream.destroy();
      stream.destroy();
      peer.says('b');
      peer.hangsUp();
      await until(() => peer.ended, 'the end');
      await turn();
      expect(listener.text).toBe('a');
      expect(listener.events).toEqual([]);
      // what comes too late does no harm
      stream.pause();
      stream.resume();
      stream.unref();
      stream.ref();
      stream.writeText('late');
      stream.write(Buffer.from('late'));
      await turn();
      expect(listener.events).toEqual([]);
    });

    it('may be destroyed inside its own news', async () => {
      const { stream, peer } = await make();
      const listener = new Listener(stream);
      listener.bytes = () => {
        listener.events.push('bytes');
        stream.destroy();
      };
      peer.says('a'.repeat(500_000));
      await until(() => listener.events.length > 0, 'the first bytes');
      await turn();
      expect(listener.events).toEqual(['bytes']);
    });
  });
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/contract/failure.ts';
import type { ByteStream } from '../../src/contract/stream.ts';
import { createTestNetwork } from '../../src/testing/network/network.ts';
import type { Address, Network } from '../../src/wire/dial/network.ts';
import { nodeNetwork } from '../../src/wire/dial/node-network.ts';
import { within } from '../support/once.ts';
import { worldOf } from '../testing/network/worlds.ts';
import { SimulatedNetwork } from '../wire/dial/simulated-network.ts';

interface Filling {
  readonly network: Network;
  /** A port where somebody listens, and one where nobody does. */
  readonly open: number;
  readonly closed: number;
  /** Paths of sockets, likewise. */
  readonly openPath: string;
  readonly closedPath: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function real(): Promise<Filling> {
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-network-'));
  const [openPath, closedPath] = [join(folder, 'open'), join(folder, 'closed')];
  const [open, gone] = [createServer((socket) => socket.on('error', () => {})), createServer()];
  const local = createServer((socket) => socket.on('error', () => {}));
  servers.push(open, local);
  await new Promise<void>((next) => local.listen(openPath, next));
  abandonedSocket(closedPath);
  for (const server of [open, gone]) await new Promise<void>((next) => server.listen(0, '127.0.0.1', next));
  const [openPort, closed] = [open, gone].map((server) => (server.address() as { port: number }).port);
  await new Promise((next) => gone.close(next));
  return { network: nodeNetwork, open: openPort!, closed: closed!, openPath, closedPath };
}

/** A socket that its server has left behind. */
function abandonedSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
}

/** The simulated one, with somebody who decides as a machine would. */
async function simulated(): Promise<Filling> {
  const inner = new SimulatedNetwork();
  const network: Network = {
    family: (host) => inner.family(host),
    lookup(host, done) {
      inner.lookup(host, done);
      const lookup = inner.lookups.at(-1)!;
      process.nextTick(() => (host === 'localhost' ? lookup.finds('127.0.0.1') : lookup.fails()));
    },
    connect(to, options, done) {
      const step = inner.connect(to, options, done);
      const made = inner.connects.at(-1)!;
      process.nextTick(() => (options.port === 1 ? made.succeeds() : made.fails()));
      return step;
    },
    connectLocal(path, done) {
      const step = inner.connectLocal(path, done);
      const made = inner.connects.at(-1)!;
      process.nextTick(() => (path === 'open' ? made.succeeds() : made.fails()));
      return step;
    },
    secure: (lower, options, done) => inner.secure(lower, options, done),
  };
  return { network, open: 1, closed: 2, openPath: 'open', closedPath: 'closed' };
}

/** The one that users put under their tests. */
async function inMemory(): Promise<Filling> {
  const made = createTestNetwork({
    names: { localhost: { addresses: ['127.0.0.1', '::1'] } },
    origins: { 'http://localhost': {} },
    sockets: { '/run/open': {}, '/run/closed': 'refused' },
  });
  return { network: worldOf(made).network, open: 80, closed: 81, openPath: '/run/open', closedPath: '/run/closed' };
}

type Outcome = { problem: Failure | null; stream: ByteStream | null };
const LOCAL: Address = { address: '127.0.0.1', family: 4 };

function connect(
  network: Network,
  place: number | string,
): { outcome: Promise<Outcome>; calls: () => number; cancel: () => void } {
  let calls = 0;
  let tell!: (outcome: Outcome) => void;
  const outcome = new Promise<Outcome>((resolve) => {
    tell = resolve;
  });
  const done = (problem: Failure | null, stream: ByteStream | null): void => {
    calls++;
    tell({ problem, stream });
  };
  const step =
    typeof place === 'string'
      ? network.connectLocal(place, done)
      : network.connect(LOCAL, { port: place, probes: null, local: null, secure: null }, done);
  return { outcome, calls: () => calls, cancel: () => step.cancel() };
}

const turn = (): Promise<void> => new Promise((next) => setTimeout(next, 20));

const fillings: [name: string, make: () => Promise<Filling>][] = [
  ['of this machine', real],
  ['simulated', simulated],
  ['in memory', inMemory],
];

for (const [name, make] of fillings) {
  describe(`the network ${name}`, () => {
    it('knows literals from names', async () => {
      const { network } = await make();
      expect(['127.0.0.1', '::1', 'localhost'].map((host) => network.family(host))).toEqual([4, 6, 0]);
    });

    it('looks names up, never inside the call', async () => {
      const { network } = await make();
      let inside = true;
      const found = await new Promise<readonly Address[]>((resolve, reject) => {
        network.lookup('localhost', (problem, addresses) => {
          expect(inside).toBe(false);
          if (problem === null) resolve(addresses);
          else reject(new Error(problem.message));
        });
        inside = false;
      });
      expect(found.length).toBeGreaterThan(0);
      for (const { address, family } of found) expect(network.family(address)).toBe(family);
    });

    it('says which name does not exist', async () => {
      const { network } = await make();
      const problem = await within(
        new Promise<Failure | null>((resolve) => network.lookup('no-such-host.invalid', resolve)),
        'the answer',
      );
      expect(problem).toMatchObject({ kind: 'not-found', phase: 'resolve' });
      expect(problem!.message).toContain('no-such-host.invalid');
    });

    it('connects, never inside the call', async () => {
      const { network, open } = await make();
      const attempt = connect(network, open);
      expect(attempt.calls()).toBe(0);
      const { problem, stream } = await within(attempt.outcome, 'the connection');
      expect(problem).toBeNull();
      expect(stream).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: open, secure: null });
      attempt.cancel();
      stream!.destroy();
      expect(attempt.calls()).toBe(1);
    });

    it('says that nobody listens', async () => {
      const { network, closed } = await make();
      const attempt = connect(network, closed);
      expect(attempt.calls()).toBe(0);
      const { problem, stream } = await within(attempt.outcome, 'the refusal');
      expect(problem).toMatchObject({ kind: 'refused', phase: 'connect' });
      expect(stream).toBeNull();
    });

    it('connects to a local socket, never inside the call', async () => {
      const { network, openPath } = await make();
      const attempt = connect(network, openPath);
      expect(attempt.calls()).toBe(0);
      const { problem, stream } = await within(attempt.outcome, 'the connection');
      expect(problem).toBeNull();
      expect(stream).toMatchObject({ remoteAddress: '', remotePort: 0, secure: null });
      attempt.cancel();
      stream!.destroy();
      expect(attempt.calls()).toBe(1);
    });

    it('says that nobody listens on a local socket', async () => {
      const { network, closedPath } = await make();
      const attempt = connect(network, closedPath);
      expect(attempt.calls()).toBe(0);
      const { problem, stream } = await within(attempt.outcome, 'the refusal');
      expect(problem).toMatchObject({ kind: 'refused', phase: 'connect' });
      expect(stream).toBeNull();
    });

    for (const which of ['open', 'closed', 'openPath', 'closedPath'] as const) {
      it(`is silent after cancel: ${which}`, async () => {
        const filling = await make();
        const attempt = connect(filling.network, filling[which]);
        attempt.cancel();
        attempt.cancel();
        await turn();
        expect(attempt.calls()).toBe(0);
      });
    }
  });
}

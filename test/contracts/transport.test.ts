import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../src/contract/body.ts';
import type { Carriage } from '../../src/contract/carriage.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { Head } from '../../src/contract/head.ts';
import type { Hop, HopFacts } from '../../src/contract/hop.ts';
import type { PullBody } from '../../src/contract/sink.ts';
import type { Transport } from '../../src/contract/transport.ts';
import { DataTransport } from '../../src/transports/data/data.ts';
import { FileTransport } from '../../src/transports/file/file.ts';
import { HttpTransport } from '../../src/transports/http/http.ts';
import { QrcTransport } from '../../src/transports/qrc/qrc.ts';
import { Resources } from '../../src/transports/qrc/resources.ts';
import { Issuers } from '../../src/wire/dial/issuers.ts';
import { Resolver } from '../../src/wire/dial/resolver.ts';
import { Sessions } from '../../src/wire/dial/sessions.ts';
import { Pool } from '../../src/wire/pool/pool.ts';
import { ask, memory, settle } from '../engine/rig.ts';
import { BareHop } from '../support/bare-hop.ts';
import { ManualClock } from '../support/clock.ts';
import { FakeAuthority } from '../support/fake-authority.ts';
import { until } from '../support/once.ts';
import { SimulatedNetwork } from '../wire/dial/simulated-network.ts';

/** A hop that checks the order in which it is told. */
class CheckingHop extends BareHop implements Hop {
  readonly ask;
  method: string;
  url;
  body: Body | null;
  readonly log: string[] = [];
  failure: Failure | null = null;
  facts: HopFacts | null = null;
  content = '';
  /** As told by the transport; it may tell before `carry` returns. */
  carriage: Carriage | null = null;
  /** Called inside everything that is told. */
  on: (what: string) => void = () => {};

  constructor(method: string, url: string, body: string | null) {
    super();
    this.ask = ask(url, { method });
    this.method = method;
    this.url = this.ask.url;
    this.body = body === null ? null : memory(Buffer.from(body));
  }

  get over(): boolean {
    return this.log.some((what) => what === 'end' || what === 'fail' || what === 'served');
  }

  #tell(what: string): void {
    expect(this.over, `${what} after ${this.log.join(' ')}`).toBe(false);
    this.log.push(what);
    this.on(what);
  }

  carriedBy(carriage: Carriage): void {
    this.carriage = carriage;
  }
  dialing(): void {
    this.#tell('dialing');
  }
  secured(): void {
    this.#tell('secured');
  }
  sent(): void {
    this.#tell('sent');
  }
  uploaded(): void {
    this.#tell('uploaded');
  }
  interim(): void {
    this.#tell('interim');
  }
  head(): void {
    expect(this.log).not.toContain('head');
    this.#tell('head');
  }
  data(bytes: Buffer, start: number, end: number): void {
    expect(this.log).toContain('head');
    this.content += bytes.toString('latin1', start, end);
    this.#tell('data');
  }
  end(): void {
    this.#tell('end');
  }
  fail(failure: Failure, facts: HopFacts): void {
    this.failure = failure;
    this.facts = facts;
    this.#tell('fail');
  }
  served(_head: Head, body: PullBody): void {
    const target = Buffer.alloc(body.length + 1);
    const size = body.read(target);
    this.content = target.toString('latin1', 0, size);
    expect(body.read(target)).toBe(0);
    body.close();
    body.close();
    this.#tell('served');
  }
}

interface Filling {
  readonly transport: Transport;
  /** Lets everything happen that can. */
  go(): Promise<void>;
  /** What is still open. */
  open(): number;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'transports-'));
  writeFileSync(join(folder, 'there'), 'content');
});
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string): string => pathToFileURL(join(folder, name)).href;

function http(answers: boolean): Filling {
  const clock = new ManualClock();
  const network = new SimulatedNetwork();
  const tools = { network, resolver: new Resolver(network, clock), clock };
  const pool = new Pool({ ...tools, sessions: new Sessions(clock), issuers: new Issuers(tools), authority: new FakeAuthority() });
  return {
    transport: new HttpTransport(pool, clock, () => {}),
    async go() {
      for (let round = 0; round < 4; round++) {
        await settle();
        for (const step of [...network.connects]) if (step.running) step.succeeds();
        await settle();
        for (const stream of network.streams) {
          if (stream.destroyed || stream.requests.length === 0) continue;
          if (answers) stream.answers('content');
          else stream.says('nonsense that is no answer');
        }
      }
    },
    open: () => {
      pool.closeIdle();
      return network.open;
    },
  };
}

function local(transport: Transport): Filling {
  // behind the files that the transport works on
  const go = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await stat(folder);
    await settle();
  };
  return { transport, go, open: () => 0 };
}

function qrc(): Filling {
  const resources = new Resources();
  resources.register('/', { there: 'content' });
  return local(new QrcTransport(resources));
}

interface Case {
  readonly name: string;
  readonly make: () => Filling;
  readonly method: string;
  readonly url: () => string;
  readonly body: string | null;
  readonly ends: 'end' | 'served' | 'fail';
}

const cases: Case[] = [
  { name: 'http, GET', make: () => http(true), method: 'GET', url: () => 'http://192.0.2.1/', body: null, ends: 'end' },
  { name: 'http, POST', make: () => http(true), method: 'POST', url: () => 'http://192.0.2.1/', body: 'body', ends: 'end' },
  { name: 'http, broken', make: () => http(false), method: 'GET', url: () => 'http://192.0.2.1/', body: null, ends: 'fail' },
  { name: 'data', make: () => local(new DataTransport()), method: 'GET', url: () => 'data:,content', body: null, ends: 'served' },
  {
    name: 'data, POST',
    make: () => local(new DataTransport()),
    method: 'POST',
    url: () => 'data:,content',
    body: 'x',
    ends: 'fail',
  },
  {
    name: 'file',
    make: () => local(new FileTransport()),
    method: 'GET',
    url: () => inFolder('there'),
    body: null,
    ends: 'served',
  },
  {
    name: 'file, PUT',
    make: () => local(new FileTransport()),
    method: 'PUT',
    url: () => inFolder('made'),
    body: 'made',
    ends: 'end',
  },
  {
    name: 'file, missing',
    make: () => local(new FileTransport()),
    method: 'GET',
    url: () => inFolder('missing'),
    body: null,
    ends: 'fail',
  },
  { name: 'qrc', make: qrc, method: 'GET', url: () => 'qrc:/there', body: null, ends: 'served' },
  { name: 'qrc, missing', make: qrc, method: 'GET', url: () => 'qrc:/missing', body: null, ends: 'fail' },
];

for (const { name, make, method, url, body, ends } of cases) {
  describe(`the transport ${name}`, () => {
    const hop = (): CheckingHop => new CheckingHop(method, url(), body);

    it(`tells exactly one ending, ${ends}, and it is the last`, async () => {
      const { transport, go } = make();
      const one = hop();
      const carriage = transport.carry(one);
      await go();
      await until(() => one.over, 'the end');
      expect(one.log.at(-1)).toBe(ends);
      if (ends !== 'fail' && method !== 'PUT') expect(one.content).toBe('content');
      if (ends === 'fail') expect(one.failure!.message.length).toBeGreaterThan(10);
      // everything may be called afterwards
      for (const call of ['pause', 'resume', 'cancel', 'resume', 'pause', 'cancel'] as const) carriage[call]();
      await go();
      expect(one.over).toBe(true);
    });

    it('is silent after cancel, and leaves nothing open', async () => {
      const { transport, go, open } = make();
      const one = hop();
      const carriage = transport.carry(one);
      const told = one.log.length;
      carriage.cancel();
      carriage.cancel();
      await go();
      carriage.pause();
      carriage.resume();
      await go();
      expect(one.log).toHaveLength(told);
      expect(open()).toBe(0);
    });

    it('may be canceled inside anything it tells', async () => {
      const probe = hop();
      const first = make();
      first.transport.carry(probe);
      await first.go();
      await until(() => probe.over, 'the end');
      for (const moment of new Set(probe.log)) {
        const { transport, go, open } = make();
        const one = hop();
        one.on = (what) => {
          if (what === moment) one.carriage?.cancel();
        };
        const carriage = transport.carry(one);
        one.carriage ??= carriage;
        await go();
        await until(() => one.log.includes(moment), moment);
        await go();
        expect(one.log.at(-1), `canceled inside ${moment}`).toBe(moment);
        expect(open()).toBe(0);
      }
    });
  });
}

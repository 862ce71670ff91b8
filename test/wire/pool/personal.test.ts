import { describe, expect, it } from 'vitest';
import type { SecureInfo, SharedKey, TlsWish } from '../../../src/contract/security.ts';
import { Engine } from '../../../src/engine/assembly.ts';
import { rememberKey } from '../../../src/wire/dial/shared-key.ts';
import { type AskOptions, ask, Recorder, settle, start } from '../../engine/rig.ts';
import { ManualClock } from '../../support/clock.ts';
import { PLAIN_WISH, SECURED, SimulatedNetwork, type SimulatedStream } from '../dial/simulated-network.ts';

const DOUBTED: SecureInfo = {
  ...SECURED,
  chain: [Buffer.from('c')],
  doubts: [{ code: 'CERT_HAS_EXPIRED', at: 0 }],
  doubted: true,
};
const KEY: SharedKey = { identity: 'me', key: Buffer.from('secret') };
const KEYED: SecureInfo = { ...SECURED, sharedKey: rememberKey('a hint', KEY) };
const OTHER_KEY: SharedKey = { identity: 'me', key: Buffer.from('another') };

class House {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly engine = new Engine({ clock: this.clock, network: this.network });

  get(path: string, answers: Partial<Pick<Recorder, 'ignores' | 'key'>> = {}, options?: AskOptions): Recorder {
    const recorder = Object.assign(new Recorder(), answers);
    recorder.transfer = this.engine.create(ask(`https://192.0.2.1${path}`, { http2: 'off', ...options }), recorder);
    this.engine.start(recorder.transfer);
    return recorder;
  }

  /** The last dial ends with a handshake that has shown this. */
  opens(info: SecureInfo): SimulatedStream {
    this.network.connects.at(-1)!.succeeds();
    return this.network.secures.at(-1)!.succeeds(info);
  }

  /** A request that is answered over a connection of its own, which then idles. */
  async warm(info: SecureInfo, answers: Partial<Pick<Recorder, 'ignores' | 'key'>>): Promise<SimulatedStream> {
    const one = this.get('/warm', answers);
    const stream = this.opens(info);
    stream.answers();
    await one.done;
    return stream;
  }
}

describe('a connection whose key was given by somebody who has left', () => {
  it('is not lent to them', () => {
    const house = new House();
    const all = Array.from({ length: 7 }, (_, i) => house.get(`/${i}`));
    expect(house.network.connects.length).toBe(6);
    house.network.connects[0]!.succeeds();
    all[0]!.transfer!.cancel();
    const stream = house.network.secures[0]!.succeeds(KEYED);
    expect(all[0]!.log.at(-1)).not.toBe('answer');
    expect(stream.written).toBe('');
  });
});

describe('a connection whose doubts somebody has passed over', () => {
  it('sends nothing before somebody has', () => {
    const house = new House();
    const one = house.get('/', { ignores: false });
    const stream = house.opens(DOUBTED);
    expect(one.log).toEqual(['dialing', 'distrusted', 'fail']);
    expect(one.failure).toMatchObject({ kind: 'tls', maybeProcessed: false });
    expect(stream).toMatchObject({ written: '', destroyed: true });
  });

  it('is told like any other once it is accepted', () => {
    const house = new House();
    const one = house.get('/', { ignores: true });
    const stream = house.opens(DOUBTED);
    expect(one.log).toEqual(['dialing', 'distrusted', 'secured', 'sent']);
    expect(stream.requests).toEqual(['GET /']);
  });

  it('is lent only to who passes over the same', async () => {
    const house = new House();
    const stream = await house.warm(DOUBTED, { ignores: true });
    const careful = house.get('/careful', { ignores: false });
    expect(careful.log).toEqual(['trusts', 'dialing']);
    const careless = house.get('/careless', { ignores: true });
    expect(careless.log).toEqual(['trusts', 'sent']);
    expect(stream.requests).toEqual(['GET /warm', 'GET /careless']);
    expect(house.opens(SECURED).requests).toEqual(['GET /careful']);
  });

  it('goes to whom it was asked about and not to the first in line', () => {
    const house = new House();
    const first = house.get('/first', { ignores: false });
    house.network.connects[0]!.succeeds();
    house.get('/second', { ignores: true });
    const stream = house.opens(DOUBTED);
    expect(stream.requests).toEqual(['GET /second']);
    expect(first.log).toEqual(['dialing']);
    expect(house.network.secures[0]!.succeeds(SECURED).requests).toEqual(['GET /first']);
  });

  it('is given up when its owner has another one by then, and nobody else is asked', () => {
    const house = new House();
    const [a, b] = [house.get('/a', { ignores: true }), house.get('/b', { ignores: true })];
    house.network.connects[0]!.succeeds();
    house.network.connects[1]!.succeeds();
    // b's dial serves a, who is first in line
    expect(house.network.secures[1]!.succeeds(SECURED).requests).toEqual(['GET /a']);
    const doubtful = house.network.secures[0]!.succeeds(DOUBTED);
    expect(doubtful.destroyed).toBe(true);
    expect(a!.log).not.toContain('distrusted');
    // another one for b
    expect(b!.log).toEqual(['dialing', 'dialing']);
    expect(house.opens(DOUBTED).requests).toEqual(['GET /b']);
  });

  it('is closed when it has idled for long, and by clearing', async () => {
    const house = new House();
    const idle = await house.warm(DOUBTED, { ignores: true });
    expect(idle.referenced).toBe(false);
    house.clock.advance(120_000);
    expect(idle.destroyed).toBe(true);
    const again = await house.warm(DOUBTED, { ignores: true });
    house.engine.clearCaches();
    expect(again.destroyed).toBe(true);
    expect(house.engine.connections).toBe(0);
  });

  it('is left alone by who aborts when asked about it', async () => {
    const house = new House();
    const stream = await house.warm(DOUBTED, { ignores: true });
    const gone = start(house.engine, ask('https://192.0.2.1/gone', { http2: 'off' }), (moment, r) => {
      r.ignores = true;
      if (moment === 'trusts') r.transfer.cancel();
    });
    expect(gone.log).toEqual(['trusts']);
    await settle();
    expect(stream).toMatchObject({ destroyed: false, referenced: false });
    expect(stream.requests).toEqual(['GET /warm']);
    house.get('/next', { ignores: true });
    expect(stream.requests).toEqual(['GET /warm', 'GET /next']);
  });

  for (const verify of ['tell', 'ignore'] as const) {
    it(`is for all who ${verify}`, async () => {
      const house = new House();
      const tls: TlsWish = { ...PLAIN_WISH, verify };
      const one = house.get('/1', { ignores: false }, { tls });
      const stream = house.opens(verify === 'tell' ? DOUBTED : { ...SECURED, doubted: true });
      expect(one.log).toEqual(verify === 'tell' ? ['dialing', 'distrusted', 'secured', 'sent'] : ['dialing', 'secured', 'sent']);
      stream.answers();
      await one.done;
      const two = house.get('/2', { ignores: false }, { tls });
      expect(two.log).toEqual(['sent']);
      house.get('/3', { ignores: true });
      expect(stream.requests).toEqual(['GET /1', 'GET /2']);
    });
  }
});

describe('a connection that a shared key has opened', () => {
  it('is lent to who knows the same key', async () => {
    const house = new House();
    const stream = await house.warm(KEYED, { key: KEY });
    const friend = house.get('/friend', { key: KEY });
    expect(friend.log).toEqual(['sharedKey', 'sent']);
    expect(stream.requests).toEqual(['GET /warm', 'GET /friend']);
  });

  const others: [what: string, key: SharedKey | null, log: string[]][] = [
    ['knows none', null, ['dialing']],
    ['knows another', OTHER_KEY, ['sharedKey', 'dialing']],
  ];
  for (const [what, key, log] of others) {
    it(`is not lent to who ${what}`, async () => {
      const house = new House();
      const stream = await house.warm(KEYED, { key: KEY });
      expect(house.get('/other', { key }).log).toEqual(log);
      expect(stream.requests).toEqual(['GET /warm']);
    });
  }
});

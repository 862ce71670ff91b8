import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import type { PacCall, PacOutcome, PacRunner } from '../../../src/system/pac/calls.ts';
import { PAC_LIMITS, PacScript } from '../../../src/system/pac/pac.ts';
import { ManualClock } from '../../support/clock.ts';

/** A script that is a function of ours, run at once; it counts. */
class Scripted implements PacRunner {
  readonly calls: PacCall[] = [];
  private readonly f: (call: PacCall) => PacOutcome;
  constructor(f: (call: PacCall) => PacOutcome) {
    this.f = f;
  }
  async run(call: PacCall): Promise<PacOutcome> {
    this.calls.push({ ...call, known: new Map(call.known) });
    return this.f(call);
  }
  close(): void {}
}

function answer(text: string): PacOutcome {
  return { kind: 'answer', text, alerts: [] };
}

function scene(
  f: (call: PacCall) => PacOutcome,
  lookup: (name: string) => Promise<readonly string[]> = async () => ['192.0.2.1'],
) {
  const clock = new ManualClock();
  const runner = new Scripted(f);
  const script = new PacScript('', { clock, lookup, own: () => ['10.0.0.1'], runner: () => runner });
  const decide = async (url: string): Promise<string> => (await script.decide(Url.parse(url))).text;
  return { clock, runner, script, decide };
}

describe('what a proxy script is asked', () => {
  it.each([
    ['https://user:pw@www.a.test/path?query#part', 'https://www.a.test/', 'www.a.test'],
    ['http://a.test', 'http://a.test/', 'a.test'],
    ['http://a.test:80/', 'http://a.test/', 'a.test'],
    ['http://a.test:443/', 'http://a.test:443/', 'a.test'],
    ['https://a.test:8443/secret', 'https://a.test:8443/', 'a.test'],
    ['http://[2001:db8::1]:81/', 'http://[2001:db8::1]:81/', '2001:db8::1'],
  ])('%s: no more than scheme, host and port', async (given, url, host) => {
    const { runner, decide } = scene(() => answer('DIRECT'));
    await decide(given);
    expect(runner.calls).toMatchObject([{ url, host, own: ['10.0.0.1'], now: Date.UTC(2026, 0, 1), time: PAC_LIMITS.time }]);
  });

  it('once for all who want to know the same at a time, and again after a minute', async () => {
    let n = 0;
    const { clock, runner, script, decide } = scene(() => answer(`PROXY p:${++n}`));
    const all = await Promise.all(['http://a.test/1', 'http://a.test/2', 'http://b.test/'].map(decide));
    expect(all).toEqual(['PROXY p:1', 'PROXY p:1', 'PROXY p:2']);
    // at once
    expect(script.decide(Url.parse('http://a.test/3'))).toMatchObject({ text: 'PROXY p:1' });
    clock.advance(59_999);
    expect(await decide('http://a.test/')).toBe('PROXY p:1');
    clock.advance(1);
    expect(await decide('http://a.test/')).toBe('PROXY p:3');
    expect(runner.calls).toHaveLength(3);
  });

  it('and 256 answers are kept', async () => {
    const { runner, decide } = scene(() => answer('DIRECT'));
    for (let i = 0; i <= 256; i++) await decide(`http://h${i}.test/`);
    await decide('http://h1.test/');
    expect(runner.calls).toHaveLength(257);
    await decide('http://h0.test/');
    expect(runner.calls).toHaveLength(258);
  });

  it('again with the addresses of each name that it wants', async () => {
    const wanted = ['a.test', 'b.test'];
    const looked: string[] = [];
    const { runner, decide } = scene(
      ({ known }) => {
        const name = wanted.find((one) => !known.has(one));
        return name === undefined ? answer(`PROXY ${known.get('a.test')![0]}:1`) : { kind: 'wants', name };
      },
      async (name) => {
        looked.push(name);
        if (name === 'b.test') throw new Error('no such name');
        return ['192.0.2.9'];
      },
    );
    expect(await decide('http://x.test/')).toBe('PROXY 192.0.2.9:1');
    expect(looked).toEqual(['a.test', 'b.test']);
    expect(runner.calls.at(-1)!.known).toEqual(
      new Map([
        ['a.test', ['192.0.2.9']],
        ['b.test', []],
      ]),
    );
  });

  it('with no more than 20 names', async () => {
    const { runner, decide } = scene(({ known }) => ({ kind: 'wants', name: `n${known.size}.test` }));
    await expect(decide('http://x.test/')).rejects.toThrow('the proxy script asks for more than 20 names');
    expect(runner.calls).toHaveLength(21);
  });

  it('and names that are not found in ten seconds have no address', async () => {
    const { clock, decide } = scene(
      ({ known }) =>
        known.size < 2 ? { kind: 'wants', name: `n${known.size}` } : answer(`PROXY p:${[...known.values()].flat().length + 1}`),
      () => new Promise(() => {}),
    );
    const decided = decide('http://x.test/');
    await new Promise(setImmediate);
    expect(clock.running).toBe(1);
    clock.advance(10_000);
    expect(await decided).toBe('PROXY p:1');
    expect(clock.running).toBe(0);
  });
});

describe('a proxy script without an answer', () => {
  it.each<[outcome: PacOutcome, message: string]>([
    [{ kind: 'problem', message: 'it takes too long', broken: true }, 'the proxy script failed: it takes too long'],
    [answer('NOTHING u:secret@p:1'), 'the proxy script returned nothing that can be read: NOTHING …@p:1'],
  ])('%j says why, and is not asked again for ten seconds', async (outcome, message) => {
    const { clock, runner, script, decide } = scene(() => outcome);
    await expect(decide('http://a.test/')).rejects.toThrow(message);
    expect(() => script.decide(Url.parse('http://a.test/'))).toThrow(message);
    expect(runner.calls).toHaveLength(1);
    clock.advance(10_000);
    await expect(decide('http://a.test/')).rejects.toThrow(message);
    expect(runner.calls).toHaveLength(2);
  });

  it('because it is too long is refused', () => {
    const seams = { clock: new ManualClock(), lookup: async () => [], own: () => [] };
    expect(() => new PacScript('x'.repeat(1_048_577), seams)).toThrow('the proxy script is longer than 1048576 characters');
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import type { PacCall, PacOutcome } from '../../../src/system/pac/calls.ts';
import { newScriptEngine } from '../../../src/system/pac/quickjs.ts';
import { Sandbox } from '../../../src/system/pac/sandbox.ts';

type Engine = Awaited<ReturnType<typeof newScriptEngine>>;
let engine: Engine;

const MEMORY = 16 * 1_048_576;

beforeAll(async () => {
  engine = await newScriptEngine(MEMORY);
});

const CALL: PacCall = {
  url: 'https://www.example.test/',
  host: 'www.example.test',
  known: new Map(),
  own: ['10.1.2.3'],
  now: Date.UTC(2026, 6, 15, 14, 30, 20),
  time: 1000,
};

function run(script: string, call: Partial<PacCall> = {}, on: Engine = engine): PacOutcome {
  const sandbox = new Sandbox(on, script, systemClock.now);
  const outcome = sandbox.run({ ...CALL, ...call });
  // an engine that is broken cannot be tidied up
  if (!(outcome.kind === 'problem' && outcome.broken)) sandbox.dispose();
  return outcome;
}

/** A script whose function does just this. */
const does = (code: string): string => `function FindProxyForURL(url, host) { ${code} }`;

describe('a proxy script', () => {
  it.each<[what: string, script: string, text: string]>([
    ['gets URL and host', does('return url + " " + host'), 'https://www.example.test/ www.example.test'],
    [
      'may be written today',
      'const FindProxyForURL = (url, { length }) => `PROXY ` + (null?.x ?? "a") + `:` + length;',
      'PROXY a:16',
    ],
    ['is sloppy code', does('x = 010; return "PROXY a:" + x'), 'PROXY a:8'],
    ['calls functions', does('return isInNet("10.1.2.3", "10.0.0.0", "255.0.0.0") ? "PROXY a:1" : "DIRECT"'), 'PROXY a:1'],
    [
      'knows the time it is told',
      does('return "" + weekdayRange("WED", "GMT") + timeRange(14, "GMT") + dateRange("JUL", "GMT")'),
      'truetruetrue',
    ],
    ['gets null', does('return String(dnsResolve(""))'), 'null'],
    ['gets numbers', does('return String(dnsDomainLevels(host) + 1)'), '3'],
    ['prefers the function of Microsoft', `${does('return "old"')} function FindProxyForURLEx() { return "new"; }`, 'new'],
    ['may put its own in the place of ours', `function shExpMatch() { return "own"; } ${does('return shExpMatch()')}`, 'own'],
  ])('%s', (_, script, text) => {
    expect(run(script)).toEqual({ kind: 'answer', text, alerts: [] });
  });

  it('is asked again without being read again', () => {
    const sandbox = new Sandbox(engine, `let n = 0; ${does('return String(++n)')}`, systemClock.now);
    expect([sandbox.run(CALL), sandbox.run(CALL)].map((outcome) => outcome.kind === 'answer' && outcome.text)).toEqual([
      '1',
      '2',
    ]);
    sandbox.dispose();
  });

  it('tells its alerts, on one line each and not without end', () => {
    const outcome = run(does('for (let i = 0; i < 100; i++) alert("a\\n\\u001b[31m" + "x".repeat(1000)); return "DIRECT"'));
    expect(outcome).toMatchObject({ kind: 'answer', alerts: { length: 50 } });
    if (outcome.kind === 'answer') expect(outcome.alerts[0]).toMatch(/^a \[31mx{506}…$/);
  });

  it.each<[what: string, script: string, message: RegExp]>([
    ['no function', 'var x = 1', /^it has no function FindProxyForURL$/],
    ['bad syntax', 'function (', /^SyntaxError: .* \(line 1\)$/],
    ['an exception', does('\n\nthrow new TypeError("no\\nway")'), /^TypeError: no way \(line 3\)$/],
    ['something thrown', does('throw "this"'), /^it throws this$/],
    ['an unknown name', does('return nothing.at.all'), /^ReferenceError: 'nothing' is not defined/],
    ['nothing returned', does(''), /^FindProxyForURL returned undefined, not a text$/],
    ['null', does('return null'), /^FindProxyForURL returned an object or null, not a text$/],
    ['a promise', `async ${does('return "DIRECT"')}`, /^FindProxyForURL returned an object or null, not a text$/],
    ['an answer too long to be read', does('return "x".repeat(9e6) + "y".repeat(9e6)'), /^FindProxyForURL returned more than/],
    ['a long answer', does('return "x".repeat(20000)'), /^FindProxyForURL returned more than 16384 characters$/],
    [
      'a long argument',
      does('return shExpMatch("x".repeat(5000), "*") ? "a" : "b"'),
      /^(?:Range)?Error: shExpMatch takes no more than 4096 characters/,
    ],
    ['recursion', does('return FindProxyForURL(url, host)'), /^InternalError: stack overflow/],
    ['an error that cannot be read', does('throw { get message() { throw 1; } }'), /./],
  ])('with %s is a problem that leaves the rest as it is', (_, script, message) => {
    const outcome = run(script);
    expect(outcome).toMatchObject({ kind: 'problem', broken: false });
    if (outcome.kind === 'problem') expect(outcome.message).toMatch(message);
  });

  it.each<[what: string, script: string, message: string]>([
    ['loops', does('for (;;);'), 'it takes too long'],
    ['loops when it is read', 'while (true) {}', 'it takes too long'],
    ['loops and catches', does('for (;;) try { for (;;) dnsDomainIs("a", "b"); } catch {}'), 'it takes too long'],
    ['loops in a regular expression', does('return /(a+)+$/.test("a".repeat(40) + "b")'), 'it takes too long'],
    [
      'loops in our functions',
      does('for (;;) try { shExpMatch("a".repeat(4000), "*" + "a".repeat(2000) + "b"); } catch {}'),
      'it takes too long',
    ],
    ['loops while its error is read', does('throw { get message() { for (;;); } }'), 'it takes too long'],
    ['wants one large thing', does('return "x".repeat(1e8)'), 'it takes too much memory'],
    ['wants several things', does('return [1, 2, 3, 4, 5, 6, 7, 8].map(() => new Uint8Array(5e6))'), 'it takes too much memory'],
    ['wants more and more', does('const all = []; for (;;) all.push(new Uint8Array(1e6))'), 'it takes too much memory'],
  ])('that %s is a problem in bounded time', async (_, script, message) => {
    const start = performance.now();
    expect(run(script, {}, await newScriptEngine(MEMORY))).toEqual({ kind: 'problem', message, broken: true });
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('that recurses inside of the engine is a problem, whoever runs out of stack first', async () => {
    const outcome = run(does('return JSON.parse("[".repeat(1e6))'), {}, await newScriptEngine(MEMORY));
    expect(outcome.kind === 'problem' && outcome.message).toMatch(/^it recurses too deeply$|stack overflow/);
  });

  it.each([
    'process',
    'require',
    'module',
    'Buffer',
    'fetch',
    'setTimeout',
    'console',
    'WebAssembly',
    'globalThis.process',
    'globalThis.constructor.constructor("return globalThis.process")()',
    'isPlainHostName.constructor("return globalThis.process")()',
    '(() => {}).constructor("return globalThis.require")()',
    'globalThis.std',
    'globalThis.os',
  ])('does not reach %s', (name) => {
    expect(run(does(`let x; try { x = ${name} } catch {} return typeof x`))).toEqual({
      kind: 'answer',
      text: 'undefined',
      alerts: [],
    });
  });

  it('cannot load modules', () => {
    expect(run(`import fs from 'node:fs'; ${does('return "DIRECT"')}`)).toMatchObject({ kind: 'problem' });
    const script = `let got = "nothing"; import("node:fs").then(() => (got = "fs")); ${does('return got')}`;
    const sandbox = new Sandbox(engine, script, systemClock.now);
    for (let i = 0; i < 3; i++) expect(sandbox.run(CALL)).toMatchObject({ text: 'nothing' });
    sandbox.dispose();
  });

  it('that wants a name ends there and is run again with it', () => {
    const script = does(
      'try { return "PROXY " + dnsResolve("a.test") + ":" + dnsResolveEx("b.test") } catch (e) { return "caught" }',
    );
    expect(run(script)).toEqual({ kind: 'wants', name: 'a.test' });
    const known = new Map<string, readonly string[]>([['a.test', ['192.0.2.1']]]);
    expect(run(script, { known })).toEqual({ kind: 'wants', name: 'b.test' });
    known.set('b.test', []);
    expect(run(script, { known })).toEqual({ kind: 'answer', text: 'PROXY 192.0.2.1:', alerts: [] });
  });

  it('may want a name while it is read', () => {
    const script = `const at = dnsResolve("a.test"); ${does('return at')}`;
    const sandbox = new Sandbox(engine, script, systemClock.now);
    expect(sandbox.run(CALL)).toEqual({ kind: 'wants', name: 'a.test' });
    const known = new Map([['a.test', ['192.0.2.1']]]);
    expect(sandbox.run({ ...CALL, known })).toMatchObject({ text: '192.0.2.1' });
    sandbox.dispose();
  });
});

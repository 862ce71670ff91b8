import { describe, expect, test } from 'vitest';
import type { NetLogEvent } from '../../../src/contract/netlog.ts';
import { type BarState, barLine, makePaint, RateMeter } from '../../../src/tools/cli/bars.ts';
import { Screen } from '../../../src/tools/cli/screen.ts';
import { describeEvent } from '../../../src/tools/cli/verbose.ts';

const plain = makePaint(false);
const bar = (more: Partial<BarState>): BarState => ({
  label: 'big.iso',
  phase: 'download',
  bytes: 0,
  total: -1,
  rate: 0,
  elapsed: 0,
  ...more,
});

describe('bars', () => {
  test('a known total shows share, rate and time left', () => {
    const line = barLine(bar({ bytes: 25_000_000, total: 100_000_000, rate: 5_000_000 }), 80, plain);
    expect(line).toMatch(/^big\.iso {2,}━{8,10}─+ +↓ 25\.0 MB {2}25 % {2}5\.00 MB\/s +-0:15$/);
    expect([...line].length).toBeLessThanOrEqual(80);
  });

  test('an unknown total shows a wandering mark and the time', () => {
    const at = (elapsed: number) => barLine(bar({ bytes: 1000, elapsed }), 80, plain);
    expect(at(0)).toMatch(/ ━+─+ +↓ 1\.00 kB +0:00$/);
    expect(at(800).indexOf('━')).toBeGreaterThan(at(0).indexOf('━'));
  });

  test('an upload points up, waiting shows how long', () => {
    expect(barLine(bar({ phase: 'upload', bytes: 1, total: 2 }), 80, plain)).toContain('↑');
    expect(barLine(bar({ phase: 'wait', elapsed: 1234 }), 80, plain)).toMatch(/waiting +1\.2 s$/);
  });

  test.each([20, 40, 60, 80, 120])('never wider than %i columns', (width) => {
    const label = 'localhost:8080/a/really/long/path/to/some/file-with-a-name.tar.gz';
    for (const state of [
      { phase: 'wait' as const },
      { bytes: 5e9, total: 9e9, rate: 1e6 },
      { bytes: 999e9, elapsed: 4e6, rate: 1 },
    ]) {
      expect([...barLine(bar({ label, ...state }), width, plain)].length).toBeLessThanOrEqual(width);
    }
  });

  test('more than the total is not more than full', () => {
    expect(barLine(bar({ bytes: 200, total: 100, rate: 1 }), 80, plain)).toMatch(/100 %/);
  });

  test('colours only when asked', () => {
    const line = bar({ bytes: 1, total: 2 });
    expect(barLine(line, 80, plain)).not.toContain('\x1b');
    expect(barLine(line, 80, makePaint(true))).toContain('\x1b[32m');
  });
});

describe('rate', () => {
  test('is taken over the last seconds, sinks in a stall, starts anew after a fall', () => {
    const meter = new RateMeter();
    meter.add(0, 0);
    expect(meter.rate(100)).toBe(0);
    for (let t = 100; t <= 10_000; t += 100) meter.add(t, t * 10);
    expect(meter.rate(10_000)).toBeCloseTo(10_000, -2);
    expect(meter.rate(13_000)).toBeLessThan(6000);
    meter.add(13_100, 5);
    expect(meter.rate(13_200)).toBe(0);
  });
});

/** What a terminal would show: understands exactly the sequences the screen uses. */
class FakeTerminal {
  readonly columns = 80;
  readonly rows = 10;
  readonly lines: string[] = [''];
  writes = 0;
  cursorHidden = false;
  private row = 0;

  write(text: string): void {
    this.writes++;
    for (const [token] of text.matchAll(/\x1b\[\??\d*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g)) this.take(token);
  }

  private take(token: string): void {
    const up = /^\x1b\[(\d+)A$/.exec(token);
    if (up) this.row -= Number(up[1]);
    else if (token === '\n') this.lines[++this.row] ??= '';
    else if (token === '\x1b[J') this.lines.splice(this.row, Number.POSITIVE_INFINITY, '');
    else if (token === '\x1b[?25l') this.cursorHidden = true;
    else if (token === '\x1b[?25h') this.cursorHidden = false;
    else if (!/^(\r|\x1b\[(K|\?7[lh]))$/.test(token)) this.lines[this.row] = token;
  }
}

describe('screen', () => {
  test('live lines are drawn over, lines that stay go above them, each in one write', () => {
    const terminal = new FakeTerminal();
    const screen = new Screen(terminal, true);
    screen.frame(['a 1', 'b 1']);
    screen.frame(['a 2', 'b 2']);
    expect(terminal.lines).toEqual(['a 2', 'b 2', '']);
    screen.line('done: x');
    expect(terminal.lines).toEqual(['done: x', 'a 2', 'b 2', '']);
    screen.frame(['b 3']);
    expect(terminal.lines).toEqual(['done: x', 'b 3', '']);
    expect(terminal.cursorHidden).toBe(true);
    expect(terminal.writes).toBe(4);
    screen.clear();
    expect(terminal.lines).toEqual(['done: x', '']);
    expect(terminal.cursorHidden).toBe(false);
    screen.clear();
    expect(terminal.writes).toBe(5);
  });

  test('without a terminal there are only lines', () => {
    let text = '';
    const screen = new Screen({ write: (more) => (text += more) }, false);
    screen.frame(['bar']);
    screen.line('x');
    screen.clear();
    expect(text).toBe('x\n');
  });
});

describe('-v', () => {
  const event = (what: NetLogEvent['what'], detail: Record<string, unknown>): NetLogEvent => ({
    transfer: 1,
    hop: 0,
    time: 0,
    what,
    detail,
  });

  test.each<[NetLogEvent, string[]]>([
    [
      event('request-head', { text: 'GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic abc\r\n\r\n' }),
      ['> GET / HTTP/1.1', '> Host: h', '> Authorization: Basic ***', '>'],
    ],
    [
      event('head', { status: 200, reason: 'OK', version: '1.1', headers: [['Set-Cookie', 'a=b; Path=/']] }),
      ['< HTTP/1.1 200 OK', '< Set-Cookie: a=***; Path=/', '<'],
    ],
    [event('interim-head', { status: 103, reason: '', version: '1.1', headers: [] }), ['< HTTP/1.1 103', '<']],
    [
      event('head', { status: 200, reason: '\x1b[2J', version: '1.1', headers: [['X', 'a\x07']] }),
      ['< HTTP/1.1 200 \\x1b[2J', '< X: a\\x07', '<'],
    ],
    [
      event('attempt', { address: '::1', port: 80, outcome: 'connected', milliseconds: 1.234 }),
      ['* connect to [::1]:80: connected (1.2 ms)'],
    ],
    [event('lend', { connection: 3, reused: true }), ['* connection 3, reused']],
    [event('tls', { protocol: 'TLSv1.3', cipher: 'X', alpn: '' }), ['* TLS: TLSv1.3 X']],
    [
      event('alt-svc', {
        alternatives: [
          { protocol: 'h3', host: '::1', port: 443 },
          { protocol: '\x07', host: 'h', port: 1 },
        ],
      }),
      ['* also served by h3 at [::1]:443, \\x07 at h:1'],
    ],
    [event('alt-svc', { alternatives: [] }), ['* also served by nobody else']],
    [event('resolve', { host: 'example.org' }), ['* resolve example.org']],
    [event('resolve', { host: '127.0.0.1' }), []],
    [event('connect', { addresses: ['::1', '127.0.0.1'] }), ['* addresses ::1, 127.0.0.1']],
    [event('again', { why: 'closed' }), ['* once more: closed']],
    [event('fail', { kind: 'refused', phase: 'connect', message: 'no' }), ['* failed in phase connect: no']],
    [event('fail', { kind: 'canceled' }), ['* failed: canceled']],
    [event('end', {}), []],
  ])('%j', (given, lines) => {
    expect(describeEvent(given, false)).toEqual(lines);
  });

  test('--show-secrets shows them', () => {
    const head = event('request-head', { text: 'GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n' });
    expect(describeEvent(head, true)).toContain('> Cookie: a=b');
  });
});

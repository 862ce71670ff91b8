import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import type { Body, BodyReader } from '../../src/contract/body.ts';
import type { Carriage } from '../../src/contract/carriage.ts';
import { type Failure, failure } from '../../src/contract/failure.ts';
import { FileTransport } from '../../src/transports/file/file.ts';
import { RecordingHop, readAll } from './recording-hop.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-'));
const inText = join(folder, 'in.txt');
writeFileSync(inText, 'file text');
utimesSync(inText, 784111777, 784111777);
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => rmSync(folder, { recursive: true }));

function carry(method: string, url: string, body: Body | null = null): RecordingHop {
  const hop = new RecordingHop(method, url, body);
  new FileTransport().carry(hop);
  return hop;
}

/** How many descriptors of this process are open on a path; Linux only, elsewhere `expected`. */
function openOn(path: string, expected: number): number {
  if (process.platform !== 'linux') return expected;
  const names = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return names.filter((name) => name === path).length;
}

describe('reading', () => {
  test.each([false, true])('a file from a time that no HTTP date can say, in the background: %s', async (background) => {
    const { fstatSync, fstat } = fs;
    const late = (stats: fs.Stats): fs.Stats => Object.assign(stats, { mtimeMs: 300_000_000_000_000 });
    vi.spyOn(fs, 'fstatSync').mockImplementation(((fd: number) => late(fstatSync(fd))) as never);
    vi.spyOn(fs, 'fstat').mockImplementation(((fd: number, done: (error: unknown, stats: fs.Stats) => void) =>
      fstat(fd, (error, stats) => done(error, late(stats)))) as never);
    const hop = new RecordingHop('GET', `file://${inText}`, null, { background });
    new FileTransport().carry(hop);
    await vi.waitFor(() => expect(hop.log).toEqual(['served']));
    expect([hop.fields, hop.text]).toEqual([['Content-Length', '9'], 'file text']);
    expect(openOn(inText, 0)).toBe(0);
  });

  test.each(['file://' + inText, 'file:' + inText, 'file://localhost' + inText])('%s', (url) => {
    const hop = carry('GET', url);
    expect(hop.log).toEqual(['served']);
    expect(hop.answer).toMatchObject({ status: 0, reason: '', bodyLength: 9 });
    expect(hop.fields).toEqual(['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Content-Length', '9']);
    expect(hop.text).toBe('file text');
    expect(hop.pull!.read(Buffer.alloc(4))).toBe(0);
    expect(openOn(inText, 0)).toBe(0);
  });

  describe('a range of it', () => {
    const ten = join(folder, 'ten.txt');
    writeFileSync(ten, '0123456789');
    utimesSync(ten, 784111777, 784111777);
    const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const ask = (method: string, fields: string[], path = ten): RecordingHop => {
      const hop = new RecordingHop(method, `file://${path}`);
      hop.headers = new HeaderList(fields);
      new FileTransport().carry(hop);
      return hop;
    };
    const rows: [range: string, contentRange: string, text: string][] = [
      ['bytes=0-0', 'bytes 0-0/10', '0'],
      ['bytes=2-5', 'bytes 2-5/10', '2345'],
      ['Bytes=7-', 'bytes 7-9/10', '789'],
      ['bytes=7-100', 'bytes 7-9/10', '789'],
      ['bytes=-3', 'bytes 7-9/10', '789'],
      ['bytes=-100', 'bytes 0-9/10', '0123456789'],
    ];
    test.each(rows)('%s', (range, contentRange, text) => {
      const hop = ask('GET', ['range', range]);
      expect(hop.log).toEqual(['served']);
      expect(hop.answer).toMatchObject({ status: 206, reason: 'Partial Content', bodyLength: text.length });
      expect(hop.fields).toEqual(['Last-Modified', DATE, 'Content-Range', contentRange, 'Content-Length', String(text.length)]);
      expect(hop.text).toBe(text);
      expect(openOn(ten, 0)).toBe(0);
    });

    const whole = ['bytes=0-1,4-5', 'lines=1-2', 'bytes=5-2', 'bytes', 'bytes=a-b', 'bytes=0-1 x'];
    test.each(whole)('%s is none that could be served: the whole file', (range) => {
      const hop = ask('GET', ['Range', range]);
      expect(hop.answer).toMatchObject({ status: 0, reason: '', bodyLength: 10 });
      expect(hop.text).toBe('0123456789');
    });

    test.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s: there is nothing', (range) => {
      const hop = ask('GET', ['Range', range]);
      expect(hop.log).toEqual(['fail range']);
      expect(hop.failure!.message).toBe(`Error opening file://${ten}: "${range}" names nothing of its 10 bytes`);
      expect(openOn(ten, 0)).toBe(0);
    });

    test('of an empty file: there is nothing', () => {
      const path = join(folder, 'nothing.bin');
      writeFileSync(path, '');
      expect(ask('GET', ['Range', 'bytes=0-'], path).log).toEqual(['fail range']);
    });

    test('HEAD', () => {
      const hop = ask('HEAD', ['Range', 'bytes=2-5']);
      expect(hop.answer).toMatchObject({ status: 206, bodyLength: 0 });
      expect(hop.fields!.slice(2)).toEqual(['Content-Range', 'bytes 2-5/10', 'Content-Length', '4']);
      expect([hop.text, openOn(ten, 0)]).toEqual(['', 0]);
    });

    test('only as long as it is what it was', () => {
      expect(ask('GET', ['Range', 'bytes=2-5', 'If-Range', DATE]).text).toBe('2345');
      expect(ask('GET', ['Range', 'bytes=2-5', 'If-Range', 'Sun, 06 Nov 1994 08:49:38 GMT']).text).toBe('0123456789');
      expect(ask('GET', ['Range', 'bytes=2-5', 'If-Range', '"tag"']).text).toBe('0123456789');
    });

    test('is read by its place, and ends where it ends', () => {
      const hop = ask('GET', ['Range', 'bytes=3-8']);
      truncateSync(ten, 5);
      const target = Buffer.alloc(10);
      expect(hop.pull!.read(target)).toBe(2);
      expect(target.toString('latin1', 0, 2)).toBe('34');
      expect(() => hop.pull!.read(target)).toThrow('became shorter');
      writeFileSync(ten, '0123456789');
      utimesSync(ten, 784111777, 784111777);
    });
  });

  describe('in the background', () => {
    const start = (method: string, url: string): { hop: RecordingHop; carriage: Carriage } => {
      const hop = new RecordingHop(method, url, null, { background: true });
      return { hop, carriage: new FileTransport().carry(hop) };
    };

    test('nothing is told inside the call', async () => {
      const { hop } = start('GET', `file://${inText}`);
      expect(hop.log).toEqual([]);
      await hop.done;
      expect(hop.log).toEqual(['served']);
      expect(hop.fields).toEqual(['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Content-Length', '9']);
      expect([hop.text, openOn(inText, 0)]).toEqual(['file text', 0]);
    });

    test.each([
      ['missing', `file://${folder}/nothing.txt`, 'fail not-found'],
      ['a folder', `file://${folder}`, 'fail directory'],
    ])('%s', async (_what, url, said) => {
      const { hop } = start('GET', url);
      await hop.done;
      expect(hop.log).toEqual([said]);
    });

    test('who is not wanted any more is silent and closes the file', async () => {
      const opened = vi.spyOn(fs, 'open');
      const closed = vi.spyOn(fs, 'closeSync');
      const { hop, carriage } = start('GET', `file://${inText}`);
      carriage.cancel();
      await vi.waitUntil(() => opened.mock.calls.length === 1 && closed.mock.calls.length === 1);
      expect([hop.log, openOn(inText, 0)]).toEqual([[], 0]);
    });
  });

  test('is lazy: what is written later is read', () => {
    const path = join(folder, 'lazy.bin');
    writeFileSync(path, 'a'.repeat(100));
    const hop = carry('GET', `file://${path}`);
    expect(openOn(path, 1)).toBe(1);
    writeFileSync(path, 'b'.repeat(100), { flag: 'r+' });
    const first = Buffer.alloc(60);
    expect(hop.pull!.read(first)).toBe(60);
    expect(first.toString()).toBe('b'.repeat(60));
    hop.pull!.close();
    hop.pull!.close();
    expect(openOn(path, 0)).toBe(0);
    expect(hop.pull!.read(first)).toBe(0);
  });

  test('a file that grows gives what was announced, one that shrinks an error', () => {
    const path = join(folder, 'changing.txt');
    writeFileSync(path, '0123456789');
    const grown = carry('GET', `file://${path}`);
    writeFileSync(path, '0123456789more');
    expect(grown.text).toBe('0123456789');
    const shrunk = carry('GET', `file://${path}`);
    truncateSync(path, 3);
    expect(() => readAll(shrunk.pull!)).toThrow('became shorter while it was read: 3 of 14 bytes');
    expect(openOn(path, 0)).toBe(0);
  });

  test('HEAD gives the fields and no body', () => {
    const hop = carry('HEAD', `file://${inText}`);
    expect(hop.log).toEqual(['served']);
    expect(hop.fields).toEqual(['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Content-Length', '9']);
    expect(hop.answer!.bodyLength).toBe(0);
    expect(hop.text).toBe('');
    expect(openOn(inText, 0)).toBe(0);
  });

  test('an empty file', () => {
    const path = join(folder, 'empty.bin');
    writeFileSync(path, '');
    const hop = carry('GET', `file://${path}`);
    expect(hop.fields!.slice(2)).toEqual(['Content-Length', '0']);
    expect(hop.text).toBe('');
    expect(openOn(path, 0)).toBe(0);
  });

  test('with a NUL or slash escaped, or on another host', () => {
    expect(carry('GET', `file://${folder}/in%2Ftxt`).log).toEqual(['fail operation']);
    expect(carry('GET', `file://${folder}/in.txt%00.png`).log).toEqual(['fail operation']);
    const hop = carry('GET', `file://server${inText}`);
    expect(hop.log).toEqual(['fail operation']);
    expect(hop.failure!.message).toContain('host "server"');
  });

  test('missing', () => {
    const hop = carry('GET', `file://${folder}/nothing.txt`);
    expect(hop.log).toEqual(['fail not-found']);
    expect(hop.failure!.message).toBe(`Error opening ${folder}/nothing.txt: No such file or directory`);
    expect(carry('GET', `file://${inText}/below`).log).toEqual(['fail not-found']);
  });

  test('a directory', () => {
    expect(carry('GET', `file://${folder}`).log).toEqual(['fail directory']);
    expect(carry('HEAD', `file://${folder}/`).log).toEqual(['fail directory']);
  });

  test('not permitted', () => {
    // Root may read anything, but not write into a running program; reading is then refused by a folder in the way.
    const path = join(folder, 'locked.txt');
    writeFileSync(path, 'x');
    chmodSync(path, 0o000);
    const asRoot = process.getuid?.() === 0;
    expect(carry('GET', `file://${path}`).log).toEqual([asRoot ? 'served' : 'fail access']);
  });

  test('a pipe or a device is refused instead of blocking', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(carry('GET', `file://${pipe}`).log).toEqual(['fail operation']);
    expect(carry('PUT', `file://${pipe}`).log).toEqual(['fail operation']);
    expect(carry('GET', 'file:///dev/zero').log).toEqual(['fail operation']);
  });

  test.each(['POST', 'DELETE', 'PATCH', 'get'])('%s is not known', (method) => {
    const hop = carry(method, `file://${inText}`);
    expect(hop.log).toEqual(['fail scheme']);
    expect(hop.failure!.message).toContain(method);
  });
});

function bytesBody(text: string): Body {
  const bytes = Buffer.from(text);
  return { length: bytes.length, replayable: true, bytes, open: () => expect.unreachable() };
}

/** A source whose pieces come later, when `next` is called. */
class SlowBody implements Body, BodyReader {
  readonly length: number;
  readonly replayable = false;
  readonly bytes = null;
  failure: Failure | null = null;
  closed = 0;
  #wake: (() => void) | null = null;
  #pieces: (string | null)[] = [];

  constructor(length: number) {
    this.length = length;
  }
  open(): BodyReader {
    return this;
  }
  pull(wake: () => void): Uint8Array | null | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined) this.#wake = wake;
    return typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
  close(): void {
    this.closed++;
  }
  next(...pieces: (string | null)[]): void {
    this.#pieces.push(...pieces);
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

describe('PUT', () => {
  test('creates a file, and says so after carry has returned', async () => {
    const path = join(folder, 'new.txt');
    const hop = carry('PUT', `file://${path}`, bytesBody('new content'));
    expect(hop.log).toEqual([]);
    await hop.done;
    expect(hop.log).toEqual(['uploaded 11/11', 'end']);
    expect(readFileSync(path, 'utf8')).toBe('new content');
    expect(openOn(path, 0)).toBe(0);
  });

  test('truncates what is there', async () => {
    const path = join(folder, 'old.txt');
    writeFileSync(path, 'something longer than that');
    const hop = carry('PUT', `file://${path}`, bytesBody('short'));
    await hop.done;
    expect(readFileSync(path, 'utf8')).toBe('short');
  });

  test('large bodies are written in pieces', async () => {
    const path = join(folder, 'large.bin');
    const hop = carry('PUT', `file://${path}`, bytesBody('x'.repeat(2_500_000)));
    await hop.done;
    expect(hop.log).toEqual(['uploaded 1048576/2500000', 'uploaded 2097152/2500000', 'uploaded 2500000/2500000', 'end']);
    expect(readFileSync(path)).toHaveLength(2_500_000);
  });

  test.each([null, bytesBody('')])('without content makes an empty file', async (body) => {
    const path = join(folder, 'none.txt');
    writeFileSync(path, 'x');
    const hop = carry('PUT', `file://${path}`, body);
    await hop.done;
    expect(hop.log).toEqual(['end']);
    expect(readFileSync(path)).toHaveLength(0);
  });

  test('from a source that takes its time', async () => {
    const path = join(folder, 'slow.txt');
    const body = new SlowBody(-1);
    const hop = carry('PUT', `file://${path}`, body);
    const written = new Promise<void>((resolve) => {
      hop.onUploaded = resolve;
    });
    body.next('first ');
    await written;
    expect(readFileSync(path, 'utf8')).toBe('first ');
    body.next('second', '', ' third', null);
    await hop.done;
    expect(hop.log).toEqual(['uploaded 6/-1', 'uploaded 12/-1', 'uploaded 18/-1', 'end']);
    expect(readFileSync(path, 'utf8')).toBe('first second third');
    expect(body.closed).toBe(1);
  });

  test('from a source that fails', async () => {
    const body = new SlowBody(-1);
    const hop = carry('PUT', `file://${folder}/failing.txt`, body);
    body.failure = failure('upload', 'send', 'the source broke');
    body.next('x', null);
    await hop.done;
    expect(hop.log).toEqual(['uploaded 1/-1', 'fail upload']);
    expect(hop.failure!.message).toBe('the source broke');
    expect(openOn(join(folder, 'failing.txt'), 0)).toBe(0);
  });

  test('from a source that ends early', async () => {
    const body = new SlowBody(10);
    const hop = carry('PUT', `file://${folder}/early.txt`, body);
    body.next('1234', null);
    await hop.done;
    expect(hop.log).toEqual(['uploaded 4/10', 'fail upload']);
    expect(hop.failure!.message).toContain('4 bytes and not 10');
  });

  test('into a missing folder or onto a directory', () => {
    const hop = carry('PUT', `file://${folder}/no/new.txt`, bytesBody('x'));
    expect(hop.log).toEqual(['fail access']);
    expect(hop.failure!.message).toContain('No such file or directory');
    mkdirSync(join(folder, 'dir'));
    expect(carry('PUT', `file://${folder}/dir`, bytesBody('x')).log).toEqual(['fail access']);
  });

  test('cancelled while waiting it is silent and closes', () => {
    const path = join(folder, 'cancelled.txt');
    const body = new SlowBody(-1);
    const hop = new RecordingHop('PUT', `file://${path}`, body);
    const carriage = new FileTransport().carry(hop);
    carriage.pause();
    carriage.resume();
    carriage.cancel();
    carriage.cancel();
    expect(body.closed).toBe(1);
    body.next('x', null);
    expect(hop.log).toEqual([]);
  });

  test('cancelled while a piece is being written it is silent and closes when that is done', async () => {
    const path = join(folder, 'in-flight.bin');
    const hop = new RecordingHop('PUT', `file://${path}`, bytesBody('x'.repeat(2_500_000)));
    const calls = watchFiles();
    new FileTransport().carry(hop).cancel();
    expect(openOn(path, 1)).toBe(1);
    await calls.closed;
    expect(calls).toMatchObject({ writes: 1, closes: 1 });
    expect(hop.log).toEqual([]);
    expect(readFileSync(path)).toHaveLength(1_048_576);
    expect(openOn(path, 0)).toBe(0);
  });

  test('cancelled from inside uploaded it is silent, writes nothing more and closes once', async () => {
    const path = join(folder, 'stopped.bin');
    const hop = new RecordingHop('PUT', `file://${path}`, bytesBody('x'.repeat(2_500_000)));
    const calls = watchFiles();
    const carriage = new FileTransport().carry(hop);
    hop.onUploaded = () => carriage.cancel();
    await calls.closed;
    expect(hop.log).toEqual(['uploaded 1048576/2500000']);
    expect(calls).toMatchObject({ writes: 1, closes: 1 });
    expect(openOn(path, 0)).toBe(0);
  });
});

/** Counts what is written and closed from now until the end of the test. */
function watchFiles(): { writes: number; closes: number; closed: Promise<void> } {
  const { write, close } = fs;
  let tell: () => void;
  const calls = { writes: 0, closes: 0, closed: new Promise<void>((resolve) => (tell = resolve)) };
  vi.spyOn(fs, 'write').mockImplementation(((...args: Parameters<typeof write>) => {
    calls.writes++;
    write(...args);
  }) as typeof write);
  vi.spyOn(fs, 'close').mockImplementation((descriptor, done) => {
    calls.closes++;
    close(descriptor, (error) => {
      done?.(error);
      tell();
    });
  });
  return calls;
}

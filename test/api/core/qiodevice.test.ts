import { describe, expect, it } from 'vitest';
import { QBuffer } from '../../../src/api/core/qbuffer.ts';
import { QByteArray, toBytes } from '../../../src/api/core/qbytearray.ts';
import { QIODevice } from '../../../src/api/core/qiodevice.ts';

const { ReadOnly, WriteOnly, ReadWrite, Append, Truncate, Text } = QIODevice;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A pipe: what is written comes out again, in pieces of at most three bytes. */
class Pipe extends QIODevice {
  private content: Buffer;
  constructor(text: string) {
    super();
    this.content = Buffer.from(text);
  }
  override isSequential(): boolean {
    return true;
  }
  override bytesAvailable(): number {
    return super.bytesAvailable() + this.content.length;
  }
  protected override readData(maxSize: number): Buffer {
    const piece = this.content.subarray(0, Math.min(maxSize, 3));
    this.content = this.content.subarray(piece.length);
    return piece;
  }
  protected override writeData(data: Buffer): number {
    this.content = Buffer.concat([this.content, data]);
    this.readyRead.emit();
    return data.length;
  }
}

/** Random access with a cursor of its own, kept in step by `seek`, as many subclasses do it. */
class Cursor extends QIODevice {
  readonly content = Buffer.alloc(64);
  private cursor = 0;
  constructor(text: string) {
    super();
    this.length = this.content.write(text);
  }
  private length: number;
  override size(): number {
    return this.length;
  }
  override seek(pos: number): boolean {
    if (!super.seek(pos)) return false;
    this.cursor = pos;
    return true;
  }
  protected override readData(maxSize: number): Buffer {
    expect(this.pos()).toBe(this.cursor);
    const piece = Buffer.from(this.content.subarray(this.cursor, Math.min(this.cursor + maxSize, this.length)));
    this.cursor += piece.length;
    return piece;
  }
  protected override writeData(data: Buffer): number {
    expect(this.pos()).toBe(this.cursor);
    data.copy(this.content, this.cursor);
    this.cursor += data.length;
    this.length = Math.max(this.length, this.cursor);
    return data.length;
  }
}

const kinds: [string, (text: string) => QIODevice][] = [
  ['sequential', (text) => new Pipe(text)],
  ['random access', (text) => new Cursor(text)],
  ['QBuffer', (text) => new QBuffer(text)],
];

for (const [kind, make] of kinds) {
  const sequential = kind === 'sequential';
  const opened = (text: string, mode: number = ReadOnly): QIODevice => {
    const device = make(text);
    expect(device.open(mode)).toBe(true);
    return device;
  };

  describe(`reading, ${kind}`, () => {
    it('reads pieces, then nothing', () => {
      const device = opened('abcdefgh');
      const seen = [5, 0, 2, 9, 1].map((n) => device.read(n).toString());
      expect(seen).toEqual(['abcde', '', 'fg', 'h', '']);
      expect([device.atEnd(), device.bytesAvailable(), device.pos()]).toEqual([true, 0, sequential ? 0 : 8]);
    });

    it('reads everything', () => {
      const device = opened('abcdefgh');
      device.read(2);
      expect(device.bytesAvailable()).toBe(6);
      expect(device.readAll().toString()).toBe('cdefgh');
      expect(device.readAll().length).toBe(0);
    });

    it('reads lines', () => {
      const device = opened('one\ntwo\n\nfour');
      const lines: string[] = [];
      while (!device.atEnd()) lines.push(device.readLine().toString());
      expect(lines).toEqual(['one\n', 'two\n', '\n', 'four']);
    });

    it('reads lines of limited length and goes on behind them', () => {
      const device = opened('longer\nx\ny');
      expect([device.readLine(4), device.readLine(4), device.readLine(1), device.readAll()].map(String)).toEqual([
        'long',
        'er\n',
        'x',
        '\ny',
      ]);
    });

    it('peeks, ungets and skips without losing its place', () => {
      const device = opened('abcdef');
      expect(device.peek(4).toString()).toBe('abcd');
      expect([device.bytesAvailable(), device.pos()]).toEqual([6, 0]);
      expect(device.getChar()).toBe(97);
      device.ungetChar(65);
      expect(device.peek(2).toString()).toBe('Ab');
      device.peek(3).fill(0);
      expect(device.skip(2)).toBe(2);
      expect(device.read(3).toString()).toBe('cde');
      expect(device.skip(9)).toBe(1);
      expect(device.getChar()).toBeNull();
    });

    it('gives memory that the reader may change', () => {
      const device = opened('abcdef');
      device.peek(3).fill(0);
      expect(device.read(6).toString()).toBe('abcdef');
      if (sequential) return;
      device.seek(0);
      device.read(6).fill(0);
      device.seek(0);
      expect(device.readAll().toString()).toBe('abcdef');
    });

    it('takes a byte back before its first', () => {
      const device = opened('abc', ReadWrite);
      device.ungetChar(65);
      expect([device.pos(), device.bytesAvailable(), device.peek(2).toString()]).toEqual([0, 4, 'Aa']);
      expect([device.skip(2), device.pos(), device.readAll().toString()]).toEqual([2, sequential ? 0 : 1, 'bc']);
    });

    it('writes where the reader stands, whatever was read ahead', () => {
      const device = opened('abcdef', ReadWrite);
      device.peek(3);
      device.read(1);
      expect(device.write('X')).toBe(1);
      expect(device.readAll().toString()).toBe(sequential ? 'bcdefX' : 'cdef');
      if (sequential) return;
      device.seek(0);
      expect(device.readAll().toString()).toBe('aXcdef');
    });

    it('drops returns in text mode', () => {
      const device = opened('a\r\nb\r\r\nc\r\nd', ReadOnly | Text);
      expect([device.peek(2), device.readLine(), device.read(2), device.peek(9)].map(String)).toEqual([
        'a\n',
        'a\n',
        'b\n',
        'c\nd',
      ]);
      expect([device.skip(2), device.readAll().toString()]).toEqual([2, 'd']);
    });

    it('gives nothing while closed and -1 for writes', () => {
      const device = make('abc');
      const closed = (): unknown[] => [
        device.isOpen(),
        device.openMode(),
        device.read(3).length,
        device.readAll().length,
        device.readLine().length,
        device.peek(1).length,
        device.getChar(),
        device.skip(1),
        device.write('x'),
        device.seek(1),
        device.atEnd(),
        device.waitForReadyRead(10),
      ];
      const expected = [false, 0, 0, 0, 0, 0, null, -1, -1, false, true, false];
      expect(closed()).toEqual(expected);
      device.open(ReadOnly);
      expect([device.isReadable(), device.isWritable(), device.write('x'), device.waitForReadyRead(10)]).toEqual([
        true,
        false,
        -1,
        true,
      ]);
      device.close();
      expect(closed()).toEqual(expected);
    });

    it('says aboutToClose while it can still be read, once', () => {
      const device = opened('abc');
      const seen: string[] = [];
      device.aboutToClose.connect(() => seen.push(device.readAll().toString()));
      device.close();
      device.close();
      expect(seen).toEqual(['abc']);
    });
  });
}

describe('QIODevice', () => {
  it('reports positions as its kind has them', () => {
    const pipe = new Pipe('abc');
    pipe.open(ReadOnly);
    expect([pipe.size(), pipe.seek(0), pipe.reset(), pipe.pos()]).toEqual([3, false, false, 0]);
    const cursor = new Cursor('abc');
    cursor.open(ReadOnly);
    expect([cursor.size(), cursor.seek(2), cursor.readAll().toString(), cursor.reset(), cursor.seek(-1), cursor.pos()]).toEqual([
      3,
      true,
      'c',
      true,
      false,
      0,
    ]);
  });

  it('passes over bytes that the size does not tell of, as the files of /proc have them', () => {
    class Generated extends Cursor {
      override size(): number {
        return 0;
      }
      override bytesAvailable(): number {
        return 0;
      }
    }
    const device = new Generated('abcdef');
    device.open(ReadOnly);
    expect([device.skip(4), device.read(9).toString(), device.skip(1)]).toEqual([4, 'ef', 0]);
  });

  it('is written at its beginning behind a byte that was put back there', () => {
    const cursor = new Cursor('abc');
    cursor.open(ReadWrite);
    cursor.ungetChar(65);
    expect([cursor.write('X'), cursor.pos(), cursor.reset(), cursor.readAll().toString()]).toEqual([1, 1, true, 'Xbc']);
  });

  it('tells while closed what there will be to read', () => {
    expect([new Cursor('abc').bytesAvailable(), new QBuffer('abc').bytesAvailable()]).toEqual([3, 3]);
  });

  it('knows lines only when they are at hand', () => {
    const pipe = new Pipe('a\nb');
    pipe.open(ReadOnly);
    expect(pipe.canReadLine()).toBe(false);
    pipe.peek(3);
    expect(pipe.canReadLine()).toBe(true);
    pipe.readLine();
    expect(pipe.canReadLine()).toBe(false);
  });

  it('has an error text', () => {
    class Broken extends QIODevice {
      protected override readData(): null {
        this.setErrorString('out of order');
        return null;
      }
    }
    const device = new Broken();
    device.open(ReadOnly);
    expect(device.errorString()).toBe('Unknown error');
    expect(device.read(1).length).toBe(0);
    expect(device.errorString()).toBe('out of order');
  });

  it('does nothing on its own', () => {
    const device = new QIODevice();
    device.open(ReadWrite);
    expect([device.read(1).length, device.write('x'), device.size(), device.bytesToWrite()]).toEqual([0, -1, 0, 0]);
  });

  it('refuses nonsense by name', () => {
    const device = new QBuffer('abc');
    device.open(ReadOnly);
    expect(() => device.read(-1)).toThrow('read(): maxSize');
    expect(() => device.peek(Number.NaN)).toThrow('peek(): maxSize');
    expect(() => device.ungetChar(256)).toThrow('ungetChar()');
    expect(() => device.write(5 as never)).toThrow('Expected bytes');
    class Greedy extends QIODevice {
      protected override readData(): Buffer {
        return Buffer.alloc(9);
      }
    }
    const greedy = new Greedy();
    greedy.open(ReadOnly);
    expect(() => greedy.read(4)).toThrow('Greedy.readData() returned 9 bytes where at most 4');
  });

  it('makes no signals and no buffers on its own', () => {
    const device = new QBuffer('abc');
    device.open(ReadWrite);
    device.write('d');
    device.readAll();
    device.close();
    expect(device._signals).toBeUndefined();
  });

  it('is closed silently when it is deleted', async () => {
    const device = new QBuffer('abc');
    device.open(ReadOnly);
    let closes = 0;
    device.aboutToClose.connect(() => closes++);
    device.deleteLater();
    await turn();
    expect([closes, device.isOpen(), device.read(1).length]).toEqual([0, false, 0]);
  });

  it('carries its flags in both spellings', () => {
    const mode: QIODevice.OpenMode = QIODevice.OpenModeFlag.ReadOnly | QIODevice.Text;
    const flag: QIODevice.OpenModeFlag = QIODevice.Append;
    expect([mode, flag, QBuffer.ReadWrite, QIODevice.OpenModeFlag[8]]).toEqual([17, 4, 3, 'Truncate']);
  });
});

describe('QBuffer', () => {
  const modes: [string, number, string, string][] = [
    ['ReadWrite overwrites from the start', ReadWrite, 'XYc', 'XYc'],
    ['WriteOnly keeps the rest', WriteOnly, 'XYc', 'XYc'],
    ['Append adds', Append, 'abcXY', 'abcXY'],
    ['Truncate empties', Truncate, 'XY', 'XY'],
  ];
  for (const [what, mode, expected] of modes) {
    it(what, () => {
      const buffer = new QBuffer('abc');
      buffer.open(mode);
      expect(buffer.write('XY')).toBe(2);
      expect(buffer.data().toString()).toBe(expected);
    });
  }

  it('needs an access mode', () => {
    const buffer = new QBuffer();
    expect(buffer.open(Text)).toBe(false);
    expect([buffer.isOpen(), buffer.errorString()]).toEqual([false, expect.stringContaining('access mode')]);
  });

  it('never writes into bytes that were given or taken', () => {
    const given = Buffer.from('abc');
    const buffer = new QBuffer(given);
    buffer.open(ReadWrite);
    buffer.write('X');
    const taken = buffer.data();
    buffer.write('Y');
    expect([given, taken, buffer.data()].map(String)).toEqual(['abc', 'Xbc', 'XYc']);
  });

  it('writes into what it is told to share', () => {
    const memory = Buffer.from('abc');
    const buffer = new QBuffer();
    buffer.setBuffer(memory);
    buffer.open(ReadWrite);
    buffer.write('X');
    buffer.data();
    buffer.write('Y');
    const array = new QByteArray('abc');
    const other = new QBuffer(array);
    other.open(Append);
    other.write('def');
    expect([String(memory), String(buffer.buffer()), array.toString()]).toEqual(['XYc', 'XYc', 'abcdef']);
    expect(() => buffer.setData('x')).toThrow('the buffer is open');
    buffer.close();
    buffer.setData('new');
    expect(buffer.data().toString()).toBe('new');
    other.close();
    other.setBuffer(null);
    expect([other.size(), array.toString()]).toEqual([0, 'abcdef']);
  });

  it('grows by many small writes, fills gaps with zeros, never moves a reader beyond the end', () => {
    const buffer = new QBuffer();
    buffer.open(ReadWrite);
    for (let i = 0; i < 1000; i++) buffer.write(Uint8Array.of(i & 255));
    expect(buffer.data()).toEqual(Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255)));
    expect([buffer.seek(1003), buffer.size(), buffer.write('!'), buffer.data().subarray(999)]).toEqual([
      true,
      1003,
      1,
      Buffer.from([231, 0, 0, 0, 33]),
    ]);
    buffer.close();
    buffer.open(ReadOnly);
    expect([buffer.seek(1004), buffer.seek(1005)]).toEqual([true, false]);
  });

  it('knows whether a line is there', () => {
    const buffer = new QBuffer('a\nb');
    expect(buffer.canReadLine()).toBe(false);
    buffer.open(ReadOnly);
    expect([buffer.canReadLine(), buffer.readLine().toString(), buffer.canReadLine()]).toEqual([true, 'a\n', false]);
  });

  it('emits bytesWritten and readyRead once for the writes of a turn', async () => {
    const buffer = new QBuffer();
    buffer.open(WriteOnly);
    const seen: unknown[] = [];
    buffer.bytesWritten.connect((n) => seen.push(n));
    buffer.readyRead.connect(() => seen.push('ready'));
    buffer.write('ab');
    buffer.write('cde');
    expect(seen).toEqual([]);
    await turn();
    expect(seen).toEqual([5, 'ready']);
    buffer.write('');
    await turn();
    expect(seen.length).toBe(2);
  });

  it('gives a body from where it stands, also closed, unless a subclass reads in its own way', () => {
    const buffer = new QBuffer('abcdef');
    expect(buffer._body()?.toString()).toBe('abcdef');
    buffer.open(ReadOnly);
    buffer.read(2);
    expect(buffer._body()?.toString()).toBe('cdef');
    buffer.close();
    buffer.open(WriteOnly);
    expect(buffer._body()).toBeNull();
    class Own extends QBuffer {
      protected override readData(): null {
        return null;
      }
    }
    expect(new Own('abc')._body()).toBeNull();
  });
});

describe('QByteArray', () => {
  it('is null, empty, then filled', () => {
    const array = new QByteArray();
    expect([array.isNull(), array.isEmpty(), array.size()]).toEqual([true, true, 0]);
    expect([new QByteArray('').isNull(), new QByteArray('').isEmpty()]).toEqual([false, true]);
    expect(array.append('a').append(Uint8Array.of(98)).append(new QByteArray('ü'))).toBe(array);
    expect([array.isNull(), array.size(), array.toString(), array.toString('latin1')]).toEqual([false, 4, 'abü', 'abÃ¼']);
    expect(array.append(array).toString()).toBe('abüabü');
  });

  it('is copied from another one, null included', () => {
    const array = new QByteArray('abc');
    const copy = new QByteArray(array);
    array.append('d');
    copy.append('e');
    expect([array.toString(), copy.toString(), new QByteArray(new QByteArray()).isNull()]).toEqual(['abcd', 'abce', true]);
  });

  it('translates', () => {
    const array = new QByteArray(Uint8Array.of(0, 255, 16));
    expect([array.toHex().toString(), array.toBase64().toString()]).toEqual(['00ff10', 'AP8Q']);
    expect(QByteArray.fromBase64(array.toBase64()).toUint8Array()).toEqual(Buffer.from([0, 255, 16]));
    const odd: [string, string][] = [
      ['YW*Jj', 'abc'],
      ['YWJj=ZGVm', 'abcdef'],
      ['YQ==', 'a'],
      ['Pz8_', '???'],
    ];
    for (const [coded, text] of odd) expect(QByteArray.fromBase64(coded).toString()).toBe(text);
  });

  it('goes in wherever bytes go in', () => {
    const array = new QByteArray('abc');
    const buffer = new QBuffer();
    buffer.open(WriteOnly);
    expect(buffer.write(array)).toBe(3);
    const before = array.toUint8Array();
    array.append('d');
    expect([buffer.data(), toBytes(array), before].map(String)).toEqual(['abc', 'abcd', 'abc']);
    expect(() => toBytes(null as never)).toThrow('got null');
  });
});

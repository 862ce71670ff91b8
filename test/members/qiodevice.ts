import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

type Q = Parameters<MemberTests[string]>[0];

/** Random access over some bytes, as a user writes it: everything but `readData`, `writeData` and `size` comes from QIODevice. */
function makeMemory(q: Q, text: string) {
  class Memory extends q.QIODevice {
    content = Buffer.from(text);
    override size(): number {
      return this.content.length;
    }
    protected override readData(maxSize: number): Buffer {
      return Buffer.from(this.content.subarray(this.pos(), this.pos() + maxSize));
    }
    protected override writeData(data: Buffer): number {
      const [head, tail] = [this.content.subarray(0, this.pos()), this.content.subarray(this.pos() + data.length)];
      this.content = Buffer.concat([head, data, tail]);
      return data.length;
    }
    fail(text: string): void {
      this.setErrorString(text);
    }
  }
  return new Memory();
}

/** The same, opened. */
function opened(q: Q, text: string, mode: number = q.QIODevice.ReadOnly) {
  const device = makeMemory(q, text);
  device.open(mode);
  return device;
}

/** A pipe with one message in it, opened for reading. */
function makePipe(q: Q, text: string) {
  class Pipe extends q.QIODevice {
    left = Buffer.from(text);
    override isSequential(): boolean {
      return true;
    }
    override bytesAvailable(): number {
      return super.bytesAvailable() + this.left.length;
    }
    override canReadLine(): boolean {
      return super.canReadLine() || this.left.includes(10);
    }
    protected override readData(maxSize: number): Buffer {
      const piece = this.left.subarray(0, maxSize);
      this.left = this.left.subarray(piece.length);
      if (this.left.length === 0) this.readChannelFinished.emit();
      return piece;
    }
    arrive(text: string): void {
      this.left = Buffer.concat([this.left, Buffer.from(text)]);
      this.readyRead.emit();
    }
    flushed(bytes: number): void {
      this.bytesWritten.emit(bytes);
    }
  }
  const pipe = new Pipe();
  pipe.open(q.QIODevice.ReadOnly);
  return pipe;
}

export const qiodevice: MemberTests = {
  'QIODevice.open': (q) => {
    const { ReadOnly, WriteOnly, Append } = q.QIODevice;
    const device = makeMemory(q, 'abc');
    expect([device.open(ReadOnly), device.isOpen(), device.pos()]).toEqual([true, true, 0]);
    device.close();
    expect([device.open(WriteOnly | Append), device.pos()]).toEqual([true, 3]);
  },

  'QIODevice.close': (q) => {
    const device = opened(q, 'abc');
    device.read(1);
    device.fail('broken');
    device.close();
    expect([device.isOpen(), device.openMode(), device.pos(), device.errorString()]).toEqual([false, 0, 0, 'Unknown error']);
    expect(device.readAll().length).toBe(0);
    class Spool extends q.QIODevice {
      saved = 0;
      override close(): void {
        if (this.isOpen()) this.saved++;
        super.close();
      }
    }
    const spool = new Spool();
    spool.open(q.QIODevice.WriteOnly);
    spool.close();
    expect([spool.saved, spool.isOpen()]).toEqual([1, false]);
  },

  'QIODevice.isOpen': (q) => {
    const device = makeMemory(q, 'abc');
    expect(device.isOpen()).toBe(false);
    device.open(q.QIODevice.ReadOnly);
    expect(device.isOpen()).toBe(true);
  },

  'QIODevice.openMode': (q) => {
    const { NotOpen, ReadWrite, Text } = q.QIODevice;
    const device = makeMemory(q, 'abc');
    expect(device.openMode()).toBe(NotOpen);
    device.open(ReadWrite | Text);
    expect(device.openMode()).toBe(ReadWrite | Text);
  },

  'QIODevice.isReadable': (q) => {
    const { ReadOnly, WriteOnly, ReadWrite } = q.QIODevice;
    expect([ReadOnly, WriteOnly, ReadWrite].map((mode) => opened(q, '', mode).isReadable())).toEqual([true, false, true]);
  },

  'QIODevice.isWritable': (q) => {
    const { ReadOnly, WriteOnly, ReadWrite } = q.QIODevice;
    expect([ReadOnly, WriteOnly, ReadWrite].map((mode) => opened(q, '', mode).isWritable())).toEqual([false, true, true]);
  },

  'QIODevice.isSequential': (q) => {
    expect(new q.QIODevice().isSequential()).toBe(false);
    const pipe = makePipe(q, 'abc');
    expect([pipe.isSequential(), pipe.seek(1), pipe.size()]).toEqual([true, false, 3]);
  },

  'QIODevice.size': (q) => {
    expect(new q.QIODevice().size()).toBe(0);
    const device = opened(q, 'abcdef');
    device.seek(2);
    expect([device.size(), device.bytesAvailable()]).toEqual([6, 4]);
    expect(makePipe(q, 'abc').size()).toBe(3);
  },

  'QIODevice.pos': (q) => {
    const device = opened(q, 'abcdef');
    device.read(2);
    device.seek(4);
    device.read(1);
    expect([device.pos(), makePipe(q, 'abc').pos()]).toEqual([5, 0]);
    class Offset extends q.QIODevice {
      override pos(): number {
        return super.pos() + 100;
      }
    }
    expect(new Offset().pos()).toBe(100);
  },

  'QIODevice.seek': (q) => {
    const device = opened(q, 'abcdef');
    expect([device.seek(4), device.read(1).toString(), device.seek(-1), device.pos()]).toEqual([true, 'e', false, 5]);
    expect([makePipe(q, 'abc').seek(0), makeMemory(q, 'abc').seek(0)]).toEqual([false, false]);
    class Tape extends q.QIODevice {
      wound: number[] = [];
      override seek(pos: number): boolean {
        this.wound.push(pos);
        return super.seek(pos);
      }
    }
    const tape = new Tape();
    tape.open(q.QIODevice.ReadOnly);
    expect([tape.seek(3), tape.reset(), tape.wound, tape.pos()]).toEqual([true, true, [3, 0], 0]);
  },

  'QIODevice.reset': (q) => {
    const device = opened(q, 'abc');
    device.readAll();
    expect([device.reset(), device.readAll().toString(), makePipe(q, 'abc').reset()]).toEqual([true, 'abc', false]);
    class Headed extends q.QIODevice {
      override reset(): boolean {
        return super.reset() && this.seek(16);
      }
    }
    const headed = new Headed();
    headed.open(q.QIODevice.ReadOnly);
    expect([headed.reset(), headed.pos()]).toEqual([true, 16]);
  },

  'QIODevice.atEnd': (q) => {
    const device = opened(q, 'abc');
    expect(device.atEnd()).toBe(false);
    device.readAll();
    expect([device.atEnd(), makeMemory(q, 'abc').atEnd()]).toEqual([true, true]);
    class Endless extends q.QIODevice {
      override atEnd(): boolean {
        return !super.atEnd();
      }
    }
    expect(new Endless().atEnd()).toBe(false);
  },

  'QIODevice.bytesAvailable': (q) => {
    const device = opened(q, 'abcdef');
    device.read(2);
    expect(device.bytesAvailable()).toBe(4);
    const pipe = makePipe(q, 'abc');
    pipe.peek(2);
    // one part still in the device, one already out of it
    expect([pipe.left.length, pipe.bytesAvailable(), pipe.atEnd()]).toEqual([1, 3, false]);
  },

  'QIODevice.bytesToWrite': (q) => {
    expect(new q.QIODevice().bytesToWrite()).toBe(0);
    class Buffered extends q.QIODevice {
      override bytesToWrite(): number {
        return super.bytesToWrite() + 7;
      }
    }
    expect(new Buffered().bytesToWrite()).toBe(7);
  },

  'QIODevice.read': (q) => {
    const device = opened(q, 'abcdef');
    expect([device.read(4), device.read(0), device.read(4), device.read(4)].map(String)).toEqual(['abcd', '', 'ef', '']);
    expect(() => device.read(-1)).toThrow(RangeError);
    expect(opened(q, 'abc', q.QIODevice.WriteOnly).read(3).length).toBe(0);
  },

  'QIODevice.readAll': (q) => {
    const device = opened(q, 'abcdef');
    device.read(2);
    expect([device.readAll(), device.readAll()].map(String)).toEqual(['cdef', '']);
    expect(makePipe(q, 'abc').readAll().toString()).toBe('abc');
  },

  'QIODevice.readLine': (q) => {
    const device = opened(q, 'one\nlonger\nend');
    expect([device.readLine(), device.readLine(4), device.readLine(), device.readLine(), device.readLine()].map(String)).toEqual([
      'one\n',
      'long',
      'er\n',
      'end',
      '',
    ]);
  },

  'QIODevice.canReadLine': (q) => {
    const device = opened(q, 'one\ntwo');
    // Qt's answer for what the device has not handed over yet
    expect(device.canReadLine()).toBe(false);
    device.peek(4);
    expect(device.canReadLine()).toBe(true);
    const pipe = makePipe(q, 'one\ntwo');
    expect([pipe.canReadLine(), pipe.readLine().toString(), pipe.canReadLine()]).toEqual([true, 'one\n', false]);
  },

  'QIODevice.peek': (q) => {
    const device = opened(q, 'abcdef');
    expect([device.peek(3).toString(), device.pos(), device.readAll().toString()]).toEqual(['abc', 0, 'abcdef']);
    const pipe = makePipe(q, 'abc');
    expect([pipe.peek(2).toString(), pipe.readAll().toString()]).toEqual(['ab', 'abc']);
  },

  'QIODevice.skip': (q) => {
    const device = opened(q, 'abcdef');
    expect([device.skip(4), device.read(1).toString(), device.skip(9)]).toEqual([4, 'e', 1]);
    const pipe = makePipe(q, 'abc');
    expect([pipe.skip(2), pipe.readAll().toString(), makeMemory(q, 'abc').skip(1)]).toEqual([2, 'c', -1]);
  },

  'QIODevice.getChar': (q) => {
    const device = opened(q, 'a');
    expect([device.getChar(), device.getChar()]).toEqual([97, null]);
  },

  'QIODevice.ungetChar': (q) => {
    const device = opened(q, 'abc');
    device.getChar();
    device.ungetChar(65);
    expect([device.pos(), device.readAll().toString()]).toEqual([0, 'Abc']);
    expect(() => device.ungetChar(256)).toThrow(RangeError);
  },

  'QIODevice.write': (q) => {
    const device = opened(q, 'abcdef', q.QIODevice.ReadWrite);
    device.seek(2);
    expect([device.write('ÄÖ'), device.pos(), device.readAll().toString()]).toEqual([4, 6, '']);
    expect(device.content.toString()).toBe('abÄÖ');
    expect([opened(q, 'abc').write('x'), makeMemory(q, 'abc').write('x')]).toEqual([-1, -1]);
  },

  'QIODevice.errorString': (q) => {
    const device = opened(q, 'abc');
    expect(device.errorString()).toBe('Unknown error');
    device.fail('out of paper');
    expect(device.errorString()).toBe('out of paper');
  },

  'QIODevice.setErrorString': (q) => {
    const device = opened(q, 'abc');
    device.fail('out of paper');
    expect(device.errorString()).toBe('out of paper');
    device.open(q.QIODevice.ReadOnly);
    expect(device.errorString()).toBe('Unknown error');
  },

  'QIODevice.readData': (q) => {
    const asked: number[] = [];
    class Letters extends q.QIODevice {
      protected override readData(maxSize: number): Buffer | null {
        asked.push(maxSize);
        return asked.length > 2 ? super.readData(maxSize) : Buffer.from('x');
      }
    }
    const device = new Letters();
    device.open(q.QIODevice.ReadOnly);
    expect([device.read(5).toString(), device.pos(), asked]).toEqual(['xx', 2, [5, 4, 3]]);
  },

  'QIODevice.writeData': (q) => {
    const taken: string[] = [];
    class Printer extends q.QIODevice {
      protected override writeData(data: Buffer): number {
        if (taken.length > 0) return super.writeData(data);
        taken.push(data.toString());
        return 3;
      }
    }
    const device = new Printer();
    device.open(q.QIODevice.WriteOnly);
    expect([device.write('hello'), device.write('again'), device.pos(), taken]).toEqual([3, -1, 3, ['hello']]);
  },

  'QIODevice.waitForReadyRead': (q) => {
    const pipe = makePipe(q, 'abc');
    expect(pipe.waitForReadyRead(1000)).toBe(true);
    pipe.readAll();
    expect([pipe.waitForReadyRead(1000), makeMemory(q, 'abc').waitForReadyRead(1000)]).toEqual([false, false]);
    class Eager extends q.QIODevice {
      override waitForReadyRead(msecs: number): boolean {
        return !super.waitForReadyRead(msecs);
      }
    }
    expect(new Eager().waitForReadyRead(1)).toBe(true);
  },

  'QIODevice.readyRead': (q) => {
    const pipe = makePipe(q, '');
    const seen: string[] = [];
    pipe.readyRead.connect(() => seen.push(pipe.readAll().toString()));
    pipe.arrive('abc');
    pipe.arrive('def');
    expect(seen).toEqual(['abc', 'def']);
  },

  'QIODevice.bytesWritten': (q) => {
    const pipe = makePipe(q, '');
    const seen: unknown[] = [];
    pipe.bytesWritten.connect((bytes) => seen.push(bytes, q.QObject.sender() === pipe));
    pipe.flushed(5);
    expect(seen).toEqual([5, true]);
  },

  'QIODevice.aboutToClose': (q) => {
    const device = opened(q, 'abc');
    const seen: string[] = [];
    device.aboutToClose.connect(() => seen.push(device.readAll().toString()));
    device.close();
    device.close();
    expect(seen).toEqual(['abc']);
  },

  'QIODevice.readChannelFinished': (q) => {
    const pipe = makePipe(q, 'abcdef');
    let times = 0;
    pipe.readChannelFinished.connect(() => times++);
    pipe.read(3);
    expect(times).toBe(0);
    pipe.read(3);
    expect(times).toBe(1);
  },

  'QIODevice.OpenModeFlag': (q) => {
    const { OpenModeFlag } = q.QIODevice;
    const both: number = OpenModeFlag.ReadOnly | OpenModeFlag.WriteOnly;
    expect([both === OpenModeFlag.ReadWrite, both === q.QIODevice.ReadWrite, OpenModeFlag[4]]).toEqual([true, true, 'Append']);
  },
};

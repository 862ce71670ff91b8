import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { SharedFile } from '../../src/stores/shared-file.ts';
import { ManualClock } from '../support/clock.ts';
import { until, within } from '../support/once.ts';

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'shared-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};

const counted = (text: string): string => String(Number(text) + 1);

describe('a shared file', () => {
  it('is nothing until somebody writes', () => {
    expect(new SharedFile(join(folder(), 'no', 'such'), 100, systemClock).read()).toBe('');
  });

  it('makes its folder for its user alone, and leaves nothing else behind', async () => {
    const place = join(folder(), 'a', 'b');
    const file = new SharedFile(join(place, 'f'), 100, systemClock);
    await file.replace((text) => `${text}x`);
    await file.replace((text) => `${text}y`);
    expect(file.read()).toBe('xy');
    expect(readdirSync(place)).toEqual(['f']);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    expect(statSync(join(place, 'f')).mode & 0o777).toBe(0o600);
  });

  it('loses no change of many at once', async () => {
    const path = join(folder(), 'f');
    const files = Array.from({ length: 8 }, () => new SharedFile(path, 100, systemClock));
    await within(Promise.all(files.flatMap((file) => [file.replace(counted), file.replace(counted)])), 'sixteen changes', 15_000);
    expect(readFileSync(path, 'utf8')).toBe('16');
  });

  it('is replaced and not written into: a link is no way to another file', async () => {
    const place = folder();
    writeFileSync(join(place, 'victim'), 'old');
    symlinkSync(join(place, 'victim'), join(place, 'f'));
    await new SharedFile(join(place, 'f'), 100, systemClock).replace((text) => `${text} and new`);
    expect(readFileSync(join(place, 'victim'), 'utf8')).toBe('old');
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe('old and new');
  });

  it('does not read what is too long or no file', async () => {
    const place = folder();
    const file = new SharedFile(join(place, 'f'), 3, systemClock);
    writeFileSync(join(place, 'f'), 'four');
    expect(file.read()).toBe('');
    await file.replace((text) => `${text}new`);
    expect(file.read()).toBe('new');
    mkdirSync(join(place, 'd'));
    expect(new SharedFile(join(place, 'd'), 1_000_000, systemClock).read()).toBe('');
  });

  it('fails with what the system says, and keeps what was there', async () => {
    const place = folder();
    writeFileSync(join(place, 'f'), 'old');
    await expect(new SharedFile(join(place, 'f', 'g'), 100, systemClock).replace(counted)).rejects.toThrow(/ENOTDIR|EEXIST/);
    const file = new SharedFile(join(place, 'f'), 100, systemClock);
    const fault = new Error('no');
    await expect(
      file.replace(() => {
        throw fault;
      }),
    ).rejects.toBe(fault);
    expect(readdirSync(place)).toEqual(['f']);
    expect(file.read()).toBe('old');
  });

  it('takes the lock of somebody who died, and sweeps what they left', async () => {
    const place = folder();
    writeFileSync(join(place, 'f'), '5');
    writeFileSync(join(place, 'f.lock'), 'somebody');
    writeFileSync(join(place, 'f.somebody.tmp'), 'half of somethi');
    writeFileSync(join(place, 'g.other.tmp'), 'of another file');
    const clock = new ManualClock();
    const locked = (): boolean => readFileSync(join(place, 'f.lock'), 'utf8') === 'somebody';
    const done = new SharedFile(join(place, 'f'), 100, clock).replace(counted);
    await until(() => clock.running > 0, 'the first look at the lock');
    clock.advance(1_900);
    await until(() => clock.running > 0, 'the second look');
    expect(locked()).toBe(true);
    clock.advance(100);
    await until(() => clock.running > 0, 'the last look');
    clock.advance(100);
    await within(done, 'the change');
    expect(readdirSync(place).sort()).toEqual(['f', 'g.other.tmp']);
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe('6');
  });

  it('waits for one who works, but not for ever', async () => {
    const place = folder();
    const clock = new ManualClock();
    writeFileSync(join(place, 'f.lock'), 'first');
    const done = new SharedFile(join(place, 'f'), 100, clock).replace(counted);
    const failed = expect(done).rejects.toThrow(/f\.lock is held by another process/);
    for (let second = 1; second <= 30; second++) {
      await until(() => clock.running > 0, 'a look at the lock');
      // another writer after another
      rmSync(join(place, 'f.lock'), { force: true });
      writeFileSync(join(place, 'f.lock'), `${second}`);
      clock.advance(1_000);
    }
    await failed;
  });

  it('writes again what it wrote while somebody took it for dead', async () => {
    const place = folder();
    const lock = join(place, 'f.lock');
    const clock = new ManualClock();
    let calls = 0;
    const done = new SharedFile(join(place, 'f'), 100, clock).replace((text) => {
      // at the first call the lock changes hands, and another writes
      if (++calls === 1) {
        writeFileSync(lock, 'another');
        writeFileSync(join(place, 'f'), '10');
      }
      return counted(text);
    });
    await until(() => clock.running > 0, 'the wait for the other');
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe('10');
    rmSync(lock);
    clock.advance(100);
    await within(done, 'the change');
    expect(calls).toBe(2);
    expect(readFileSync(join(place, 'f'), 'utf8')).toBe('11');
    expect(readdirSync(place)).toEqual(['f']);
  });
});

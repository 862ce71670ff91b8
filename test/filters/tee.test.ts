import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import type { CacheWriter, StoredHead } from '../../src/contract/cache.ts';
import { Tee } from '../../src/filters/tee.ts';
import { Target } from './target.ts';

const PART = { status: 206 } as StoredHead;

class Writer implements CacheWriter {
  drained: (() => void) | null = null;
  readonly said: string[] = [];
  /** Takes no more for now. */
  full = false;
  committing: Promise<void> | undefined = undefined;

  write(bytes: Uint8Array): boolean {
    this.said.push(`write ${Buffer.from(bytes).toString()}`);
    return !this.full;
  }
  commit(head?: StoredHead): void | Promise<void> {
    this.said.push(head === undefined ? 'commit' : `commit ${head.status}`);
    return this.committing;
  }
  abort(): void {
    this.said.push('abort');
  }
}

function rig(part: (received: number) => StoredHead | null = () => null) {
  const target = new Target();
  const writer = new Writer();
  const done: unknown[][] = [];
  const tee = new Tee(target, writer, (...told) => void done.push(told), part);
  return { target, writer, done, tee };
}

const bytes = (text: string): Buffer => Buffer.from(text);

describe('a tee', () => {
  it('lets everything through, and has it written down before anybody spoils it', () => {
    const { target, writer, done, tee } = rig();
    tee.data(bytes('ab'));
    tee.data(bytes('cd'));
    tee.end(new HeaderList(['T', 'v']));
    expect(target.said).toEqual(['data ab', 'data cd', 'end T,v']);
    expect(writer.said).toEqual(['write ab', 'write cd', 'commit']);
    expect(done).toEqual([[true, true, undefined]]);
    expect(tee.received).toBe(4);
  });

  it('has it stored before it tells of the end', () => {
    const { target, writer, tee } = rig();
    target.on = (line) => {
      if (line === 'end') expect(writer.said).toEqual(['commit']);
    };
    tee.end(null);
    expect(target.said).toEqual(['end']);
  });

  it('tells when a store takes its time with the commit', () => {
    const { writer, done, tee } = rig();
    writer.committing = Promise.resolve();
    tee.end(null);
    expect(done).toEqual([[true, true, writer.committing]]);
  });

  it('is slowed down by its writer', () => {
    const { target, writer, tee } = rig();
    writer.full = true;
    tee.data(bytes('a'));
    tee.data(bytes('b'));
    expect(target.said).toEqual(['pause', 'data a', 'data b']);
    writer.full = false;
    writer.drained!();
    writer.drained!();
    expect(target.said.slice(3)).toEqual(['resume']);
  });

  const both: readonly [what: string, steps: readonly string[], asks: readonly string[]][] = [
    ['the reader, then the writer, goes on', ['pause', 'full', 'resume', 'drained'], ['pause', 'resume']],
    ['the writer, then the reader, goes on', ['pause', 'full', 'drained', 'resume'], ['pause', 'resume']],
    ['full first', ['full', 'pause', 'drained', 'resume'], ['pause', 'resume']],
    ['full first, and last', ['full', 'pause', 'resume', 'drained'], ['pause', 'resume']],
    ['the reader alone, twice over', ['pause', 'pause', 'resume', 'resume'], ['pause', 'resume']],
    ['nobody', ['resume', 'drained'], []],
  ];
  it.each(both)('asks its source to wait as long as anybody wants it: %s', (_what, steps, asks) => {
    const { target, writer, tee } = rig();
    for (const step of steps) {
      writer.full = step === 'full';
      if (step === 'pause') tee.pause();
      else if (step === 'resume') tee.resume();
      else if (step === 'full') tee.data(bytes('x'));
      else writer.drained!();
    }
    expect(target.said.filter((line) => !line.startsWith('data'))).toEqual(asks);
  });

  it('is silent when the writer has room after the end', () => {
    const { target, writer, tee } = rig();
    writer.full = true;
    tee.data(bytes('a'));
    tee.end(null);
    writer.drained!();
    expect(target.said).toEqual(['pause', 'data a', 'end']);
  });

  it('that is cut short keeps nothing, and tells once', () => {
    const { writer, done, tee } = rig();
    tee.data(bytes('ab'));
    tee.cancel();
    tee.cancel();
    tee.end(null);
    expect(writer.said).toEqual(['write ab', 'abort']);
    expect(done).toEqual([[false, false, undefined]]);
  });

  it('that is cut short keeps the part, where that is worth something', () => {
    const seen: number[] = [];
    const { writer, done, tee } = rig((received) => {
      seen.push(received);
      return PART;
    });
    tee.data(bytes('abc'));
    tee.cancel();
    expect([seen, writer.said, done]).toEqual([[3], ['write abc', 'commit 206'], [[true, false, undefined]]]);
  });

  it('that has come to its end is not cut short any more', () => {
    const { writer, tee } = rig(() => PART);
    tee.end(null);
    tee.cancel();
    expect(writer.said).toEqual(['commit']);
  });

  it('may be cut short by who gets the bytes', () => {
    const { target, writer, tee } = rig();
    target.on = () => tee.cancel();
    tee.data(bytes('a'));
    tee.end(null);
    expect([target.said, writer.said]).toEqual([['data a'], ['write a', 'abort']]);
  });
});

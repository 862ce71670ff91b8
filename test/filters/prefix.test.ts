import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { failure } from '../../src/contract/failure.ts';
import { Prefix } from '../../src/filters/prefix.ts';
import { Script, Target } from './target.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

function rig(length: number, ...pieces: (string | null)[]) {
  const target = new Target();
  const reader = new Script(...pieces);
  return { target, reader, prefix: new Prefix(target, reader, length) };
}
/** What was said but for the wishes to the source. */
const told = ({ said }: Target): string[] => said.filter((line) => line !== 'pause' && line !== 'resume');
/** Whether the source may send, after all that was said. */
const flows = ({ said }: Target): boolean => said.findLast((line) => line === 'pause' || line === 'resume') !== 'pause';

describe('a prefix', () => {
  it('comes first, then what the source sends', () => {
    const { target, reader, prefix } = rig(4, 'ab', 'cd');
    prefix.data(bytes('ef'));
    expect(flows(target)).toBe(true);
    prefix.data(bytes('gh'));
    prefix.end(new HeaderList(['T', 'v']));
    expect(told(target)).toEqual(['data ab', 'data cd', 'data ef', 'data gh', 'end T,v']);
    expect(reader.closed).toBe(1);
  });

  it('is as long as it is to be, whatever the reader has', () => {
    const { target, prefix } = rig(3, 'ab', 'cdef');
    prefix.data(bytes('XY'));
    prefix.end(null);
    expect(told(target)).toEqual(['data ab', 'data c', 'data XY', 'end']);
  });

  it('keeps what the source sends meanwhile, and has it wait', () => {
    const { target, reader, prefix } = rig(4, 'ab', null, 'cd');
    const sent = bytes('ef');
    prefix.data(sent);
    sent.fill(0x21);
    prefix.data(bytes('gh'));
    expect([told(target), flows(target)]).toEqual([['data ab'], false]);
    reader.wake();
    expect([told(target), flows(target)]).toEqual([['data ab', 'data cd', 'data ef', 'data gh'], true]);
    prefix.end(null);
    expect(told(target).at(-1)).toBe('end');
  });

  it('may come late, when the source has ended', () => {
    const { target, reader, prefix } = rig(4, null, 'abcd');
    prefix.data(bytes('ef'));
    prefix.end(null);
    expect(told(target)).toEqual([]);
    reader.wake();
    expect(told(target)).toEqual(['data abcd', 'data ef', 'end']);
  });

  it('comes also before a source that sends nothing', () => {
    const { target, prefix } = rig(2, 'ab');
    prefix.end(null);
    expect(told(target)).toEqual(['data ab', 'end']);
  });

  it('stops when the consumer wants no more, and goes on where it stopped', () => {
    const { target, prefix } = rig(6, 'ab', 'cd', 'ef');
    target.on = (line) => {
      if (line.startsWith('data')) prefix.pause();
    };
    prefix.data(bytes('gh'));
    prefix.end(null);
    for (const expected of ['ab', 'cd', 'ef', 'gh']) {
      expect([target.text.slice(-2), flows(target)]).toEqual([expected, false]);
      expect(told(target)).not.toContain('end');
      prefix.resume();
    }
    expect(told(target)).toEqual(['data ab', 'data cd', 'data ef', 'data gh', 'end']);
  });

  it('passes the wishes of the consumer on when it is through', () => {
    const { target, prefix } = rig(2, 'ab');
    prefix.data(bytes('cd'));
    target.said.length = 0;
    prefix.pause();
    expect(flows(target)).toBe(false);
    prefix.resume();
    expect(flows(target)).toBe(true);
  });

  it('does not let the source go on when the reader wakes and the consumer waits', () => {
    const { target, reader, prefix } = rig(4, 'ab', null, 'cd');
    prefix.data(bytes('ef'));
    prefix.pause();
    reader.wake();
    expect([told(target), flows(target)]).toEqual([['data ab'], false]);
    prefix.resume();
    expect([told(target), flows(target)]).toEqual([['data ab', 'data cd', 'data ef'], true]);
  });

  it('does not turn round in itself when a piece lets the consumer go on', () => {
    const { target, prefix } = rig(4, 'ab', 'cd');
    target.on = (line) => {
      if (!line.startsWith('data')) return;
      prefix.pause();
      prefix.resume();
    };
    prefix.data(bytes('ef'));
    expect(told(target)).toEqual(['data ab', 'data cd', 'data ef']);
    expect(flows(target)).toBe(true);
  });

  it('that ends early fails, and nothing of the source comes behind it', () => {
    const { target, reader, prefix } = rig(4, 'ab');
    prefix.data(bytes('ef'));
    prefix.data(bytes('gh'));
    prefix.end(null);
    expect(told(target)).toEqual(['data ab', expect.stringMatching(/^fail closed: the stored part of the answer ended early/)]);
    expect(reader.closed).toBe(1);
  });

  it('that fails says why', () => {
    const { target, reader, prefix } = rig(4, 'ab');
    reader.failure = failure('closed', 'receive', 'the disk is gone');
    prefix.data(bytes('ef'));
    expect(told(target)).toEqual(['data ab', 'fail closed: the disk is gone']);
  });

  it.each(['before it began', 'in the middle', 'while the reader has nothing', 'behind it'])(
    'that is cut short %s is silent',
    (when) => {
      const { target, reader, prefix } = rig(4, 'ab', when === 'while the reader has nothing' ? null : 'cd', 'cd');
      if (when === 'in the middle') target.on = () => prefix.cancel();
      if (when !== 'before it began') prefix.data(bytes('ef'));
      prefix.cancel();
      const said = target.said.length;
      reader.wake();
      prefix.data(bytes('gh'));
      prefix.end(null);
      prefix.resume();
      expect(target.said).toHaveLength(said);
      expect(reader.closed).toBeGreaterThan(0);
    },
  );
});

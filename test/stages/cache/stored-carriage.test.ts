import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Carriage } from '../../../src/contract/carriage.ts';
import { failure } from '../../../src/contract/failure.ts';
import type { Head } from '../../../src/contract/head.ts';
import type { Hop } from '../../../src/contract/hop.ts';
import { StoredCarriage } from '../../../src/stages/cache/stored-carriage.ts';
import { turns } from '../../api/bridge/support.ts';
import { Script } from '../../filters/target.ts';
import { BareHop } from '../../support/bare-hop.ts';
import { ManualClock } from '../../support/clock.ts';

const HEAD: Head = { status: 200, reason: 'OK', version: '1.1', headers: new HeaderList(), bodyLength: -1, pipelined: false };

/** Writes down what it is told. */
class Told extends BareHop {
  readonly said: string[] = [];
  carriage!: Carriage;
  on: (line: string) => void = () => {};

  private tell(line: string): void {
    this.said.push(line);
    this.on(line);
  }
  carriedBy(carriage: Carriage): void {
    this.carriage = carriage;
  }
  head(head: Head): void {
    this.tell(`head ${head.status}`);
  }
  data(bytes: Buffer, start: number, end: number): void {
    this.tell(`data ${bytes.toString('latin1', start, end)}`);
  }
  end(): void {
    this.tell('end');
  }
  fail(problem: { message: string }): void {
    this.tell(`fail ${problem.message}`);
  }
}

function rig(reader: Script | null, length = -1, on?: (line: string, hop: Told) => void) {
  const hop = new Told();
  if (on !== undefined) hop.on = (line) => on(line, hop);
  const carriage = new StoredCarriage(hop as unknown as Hop, new ManualClock(), reader, length);
  carriage.begin(HEAD);
  return { hop, carriage };
}

describe('what carries a stored answer', () => {
  it('tells all of it at once', () => {
    const reader = new Script('ab', 'cd');
    const { hop } = rig(reader);
    expect([hop.said, reader.closed]).toEqual([['head 200', 'data ab', 'data cd', 'end'], 1]);
    expect([hop.headAt, hop.endedAt]).toEqual([0, 0]);
  });

  it('tells no body where there is none', () => {
    expect(rig(null).hop.said).toEqual(['head 200', 'end']);
  });

  it('tells as much as it was asked for', () => {
    const reader = new Script('ab', 'cdef', 'gh');
    expect(rig(reader, 3).hop.said).toEqual(['head 200', 'data ab', 'data c', 'end']);
    expect(reader.closed).toBe(1);
  });

  it('fails when there is less than that', () => {
    const reader = new Script('ab');
    expect(rig(reader, 3).hop.said).toEqual([
      'head 200',
      'data ab',
      expect.stringMatching(/^fail the stored answer ended early/),
    ]);
    expect(reader.closed).toBe(1);
  });

  it('fails as its reader does', () => {
    const reader = new Script('ab');
    reader.failure = failure('closed', 'receive', 'the disk is gone');
    expect(rig(reader).hop.said).toEqual(['head 200', 'data ab', 'fail the disk is gone']);
  });

  it('waits for a reader that has nothing yet', () => {
    const reader = new Script('ab', null, 'cd');
    const { hop } = rig(reader);
    expect(hop.said).toEqual(['head 200', 'data ab']);
    reader.wake();
    expect(hop.said.slice(2)).toEqual(['data cd', 'end']);
  });

  it('tells a MiB, then lets others have their turn', async () => {
    const quarter = 'x'.repeat(262_144);
    const reader = new Script(...Array<string>(9).fill(quarter));
    const { hop } = rig(reader);
    const got = (): number => hop.said.filter((line) => line.startsWith('data')).length;
    expect(got()).toBe(4);
    await turns(1);
    expect(got()).toBe(8);
    await turns(1);
    expect([got(), hop.said.at(-1)]).toEqual([9, 'end']);
  });

  it('does not go on twice after such a rest', async () => {
    const reader = new Script(...Array<string>(3).fill('x'.repeat(1_048_576)));
    const { hop, carriage } = rig(reader);
    carriage.pause();
    carriage.resume();
    carriage.resume();
    expect(hop.said).toHaveLength(2);
    await turns(1);
    expect(hop.said).toHaveLength(3);
    await turns(3);
    expect(hop.said.map((line) => line.slice(0, 4))).toEqual(['head', 'data', 'data', 'data', 'end']);
  });

  it('rests also when it was paused at the end of a turn', async () => {
    const reader = new Script(...Array<string>(3).fill('x'.repeat(1_048_576)));
    const { hop } = rig(reader, -1, (line, { carriage }) => {
      if (line.startsWith('data')) carriage.pause();
    });
    for (const pieces of [1, 2, 3]) {
      await turns(2);
      expect(hop.said).toHaveLength(1 + pieces);
      hop.carriage.resume();
    }
    await turns(2);
    expect(hop.said.at(-1)).toBe('end');
  });

  it('waits for its reader from the head on, and does not turn round in itself', () => {
    const { hop } = rig(new Script('ab', 'cd'), -1, (_line, { carriage }) => carriage.pause());
    expect(hop.said).toEqual(['head 200']);
    let depth = 0;
    hop.on = () => {
      expect(++depth).toBe(1);
      hop.carriage.pause();
      hop.carriage.resume();
      depth--;
    };
    hop.carriage.resume();
    expect(hop.said).toEqual(['head 200', 'data ab', 'data cd', 'end']);
  });

  const ways = ['cancel', 'discard'] as const;
  const moments = ['head 200', 'data ab', 'data cd'];
  it.each(ways.flatMap((way) => moments.map((moment) => [way, moment] as const)))(
    '%s inside "%s" is the end',
    async (way, moment) => {
      const reader = new Script('ab', 'cd', 'ef');
      const { hop } = rig(reader, -1, (line, { carriage }) => {
        if (line === moment) carriage[way]();
      });
      hop.carriage.resume();
      await turns(1);
      expect([hop.said.at(-1), reader.closed]).toEqual([moment, 1]);
    },
  );

  it('is silent when it was left while it rested, or while the reader had nothing', async () => {
    const long = new Script(...Array<string>(3).fill('x'.repeat(1_048_576)));
    const resting = rig(long);
    resting.carriage.cancel();
    const late = new Script('ab', null, 'cd');
    const waiting = rig(late);
    waiting.carriage.discard();
    late.wake();
    await turns(2);
    expect([resting.hop.said.length, long.closed, waiting.hop.said.length, late.closed]).toEqual([2, 1, 2, 1]);
  });
});

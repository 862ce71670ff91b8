import { expect, test } from 'vitest';
import type { Link } from '../../../src/contract/links.ts';
import type { Monitor } from '../../../src/system/links/ip-monitor.ts';
import { LinkWatcher } from '../../../src/system/links/watcher.ts';
import { ManualClock } from '../../support/clock.ts';

/** Interfaces with a number, a monitor in the hand of the test, and a clock that stands still. */
class Scene {
  readonly clock = new ManualClock();
  reads = 0;
  version = 0;
  readonly monitors: FakeMonitor[] = [];
  /** There is no monitor. */
  deaf = false;
  readonly watcher = new LinkWatcher(
    () => this.read(),
    (changed, ended) => {
      if (this.deaf) return null;
      const made = new FakeMonitor(changed, ended);
      this.monitors.push(made);
      return made;
    },
    this.clock,
  );

  private read(): readonly Link[] {
    this.reads++;
    return [{ name: `v${this.version}`, medium: 'ethernet', up: true, addresses: [], hardware: '', defaultMetric: 0 }];
  }

  /** The versions that a watcher was told. */
  watch(): { readonly told: string[]; readonly leave: () => void } {
    const told: string[] = [];
    const leave = this.watcher.watch(() => told.push(this.watcher.list()[0]!.name));
    return { told, leave };
  }

  get monitor(): FakeMonitor {
    return this.monitors.at(-1)!;
  }

  /** With a monitor that stands. */
  standing(): this {
    this.monitor.standing = true;
    this.clock.advance(5000);
    return this;
  }
}

class FakeMonitor implements Monitor {
  readonly changed: () => void;
  readonly ended: () => void;
  standing = false;
  closed = false;

  constructor(changed: () => void, ended: () => void) {
    this.changed = changed;
    this.ended = ended;
  }
  stands(): boolean {
    return this.standing;
  }
  close(): void {
    this.closed = true;
  }
}

test('nobody watches: every list is read anew, and nothing runs', () => {
  const scene = new Scene();
  expect(scene.watcher.list()[0]?.name).toBe('v0');
  scene.version = 1;
  expect(scene.watcher.list()[0]?.name).toBe('v1');
  expect([scene.monitors.length, scene.clock.running]).toEqual([0, 0]);
});

test('one monitor for all watchers; the last one ends it', () => {
  const scene = new Scene();
  const [one, two] = [scene.watch(), scene.watch()];
  scene.standing();
  scene.version = 1;
  scene.monitor.changed();
  scene.clock.advance(5);
  expect([one.told, two.told, scene.monitors.length]).toEqual([['v1'], ['v1'], 1]);
  one.leave();
  one.leave();
  scene.version = 2;
  scene.monitor.changed();
  scene.clock.advance(50);
  expect([one.told, two.told, scene.monitor.closed]).toEqual([['v1'], ['v1', 'v2'], false]);
  scene.monitor.changed();
  two.leave();
  expect([scene.monitor.closed, scene.clock.running]).toEqual([true, 0]);
  scene.watch();
  expect(scene.monitors.length).toBe(2);
});

test('a watched list is not read again', () => {
  const scene = new Scene();
  scene.watch();
  scene.standing();
  const { reads } = scene;
  scene.watcher.list();
  expect(scene.reads).toBe(reads);
});

test('with a monitor that stands nothing is looked at without a reason', () => {
  const scene = new Scene();
  scene.watch();
  scene.standing();
  const { reads } = scene;
  scene.clock.advance(3_600_000);
  expect([scene.reads - reads, scene.clock.running]).toEqual([0, 0]);
});

test('a notification without a difference is told to nobody', () => {
  const scene = new Scene();
  const { told } = scene.watch();
  scene.standing();
  const { reads } = scene;
  scene.monitor.changed();
  scene.clock.advance(50);
  expect([scene.reads - reads, told]).toEqual([1, []]);
});

test('whoever has a reason has it look at once; without a watcher there is nothing to look for', () => {
  const scene = new Scene();
  scene.watcher.look();
  expect(scene.reads).toBe(0);
  const { told } = scene.watch();
  scene.standing();
  scene.watcher.look();
  scene.version = 1;
  scene.watcher.look();
  expect(told).toEqual(['v1']);
});

test('a burst is one look, and one without an end is looked at all the same', () => {
  const scene = new Scene();
  const { told } = scene.watch();
  scene.standing();
  const { reads } = scene;
  for (let ms = 0; ms < 1000; ms++) {
    scene.version = ms;
    scene.monitor.changed();
    scene.clock.advance(1);
  }
  expect(scene.reads - reads).toBe(20);
  expect(told[0]).toBe('v4');
  expect(told.length).toBe(20);
});

test('what happens while the monitor starts is seen', () => {
  const scene = new Scene();
  const { told } = scene.watch();
  scene.version = 1;
  scene.clock.advance(10);
  expect(told).toEqual(['v1']);
  scene.version = 2;
  // the kernel told nobody: it stands only from now on
  scene.monitor.standing = true;
  scene.clock.advance(20);
  expect([told, scene.clock.running]).toEqual([['v1', 'v2'], 0]);
});

test('a monitor that never stands, none, and one that ends: looked at each second', () => {
  for (const fate of ['never stands', 'none', 'ends']) {
    const scene = new Scene();
    scene.deaf = fate === 'none';
    const { told, leave } = scene.watch();
    if (fate === 'ends') {
      scene.standing();
      scene.version = 1;
      scene.monitor.ended();
      scene.clock.advance(0);
    } else scene.clock.advance(5000);
    for (let i = 2; i < 5; i++) {
      scene.version = i;
      scene.clock.advance(1000);
    }
    expect([fate, told]).toEqual([fate, fate === 'ends' ? ['v1', 'v2', 'v3', 'v4'] : ['v2', 'v3', 'v4']]);
    expect([scene.clock.running, scene.clock.holding]).toEqual([1, 0]);
    leave();
    expect(scene.clock.running).toBe(0);
  }
});

test('a watcher that leaves while it is told, and takes others along', () => {
  const scene = new Scene();
  scene.deaf = true;
  const told: string[] = [];
  const leave = [() => {}, () => {}];
  leave[0] = scene.watcher.watch(() => {
    told.push('first');
    for (const one of leave) one();
  });
  leave[1] = scene.watcher.watch(() => told.push('second'));
  scene.version = 1;
  scene.clock.advance(1000);
  expect([told, scene.clock.running]).toEqual([['first'], 0]);
});

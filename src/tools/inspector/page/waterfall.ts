import { h } from './dom.ts';
import type { Entry } from './entry.ts';
import { phasesOf } from './phases.ts';
import type { Scale } from './scale.ts';

/** What the bar of a row has parts for; phases of less interest are taken together. */
const PARTS = {
  ...{ queue: '--queue', dns: '--open', connect: '--open', proxy: '--open', tls: '--open' },
  ...{ send: '--wait', wait: '--wait', receive: '--receive' },
} as const;

/** The bars of all lines that exist, drawn at once: as elements they would be most of what the browser has to lay out. */
export class Waterfall {
  readonly element = h('canvas', { class: 'waterfall', 'aria-hidden': 'true' });
  private width = 0;
  private lines = 0;
  private readonly colours = new Map<string, string>();

  /** Lies over the column from `left` on, so many pixels wide. */
  place(left: number, width: number): void {
    this.width = width;
    this.lines = 0;
    this.element.style.left = `${left}px`;
    this.element.style.width = `${width}px`;
    this.recolour();
  }

  /** The colours are others now. */
  recolour(): void {
    const style = getComputedStyle(this.element);
    for (const name of ['--line', ...Object.values(PARTS)]) this.colours.set(name, style.getPropertyValue(name));
  }

  /** Draws rows from the place `first` on, each `tall` pixels high. */
  draw(entries: readonly Entry[], first: number, tall: number, scale: Scale, now: number): void {
    const { element, width, colours } = this;
    const context = element.getContext('2d');
    if (context === null || width <= 0) return;
    this.fit(entries.length, tall);
    element.style.transform = `translateY(${first * tall}px)`;
    context.clearRect(0, 0, width, this.lines * tall);
    context.fillStyle = colours.get('--line')!;
    for (let time = 0; time <= scale.span; time += scale.step)
      context.fillRect(Math.round((time / scale.span) * width) - (time === 0 ? 0 : 1), 0, 1, entries.length * tall);
    entries.forEach((entry, i) => {
      const running = entry.state !== 'done' && entry.state !== 'failed';
      const end = running ? Math.max(entry.marks.end, now - entry.start) : entry.marks.end;
      for (const { key, from, to } of phasesOf({ ...entry.marks, end })) {
        const left = ((entry.start + from - scale.from) / scale.span) * width;
        context.fillStyle = colours.get(PARTS[key])!;
        // what took next to no time is seen all the same, if it is not only a step on the way
        const least = key === 'receive' ? 2 : 0.5;
        context.fillRect(left, i * tall + 9, Math.max(least, ((to - from) / scale.span) * width), 10);
      }
    });
  }

  /** Memory for so many lines; it becomes more, and not less. */
  private fit(lines: number, tall: number): void {
    if (lines <= this.lines) return;
    this.lines = lines;
    const ratio = devicePixelRatio;
    const { element, width } = this;
    element.width = Math.round(width * ratio);
    element.height = Math.round(lines * tall * ratio);
    element.style.height = `${lines * tall}px`;
    element.getContext('2d')!.scale(ratio, ratio);
  }
}

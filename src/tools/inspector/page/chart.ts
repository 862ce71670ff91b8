import { h, setText } from './dom.ts';
import type { Model } from './model.ts';
import { bytes } from './words.ts';

/** Seconds that are shown. */
const SECONDS = 60;

/** Requests a second as columns, bytes a second as a line. */
export class Chart {
  readonly element: HTMLElement;
  private readonly canvas = h('canvas', { role: 'img' });
  private readonly requests = h('strong');
  private readonly bytes = h('strong');
  private readonly model: Model;

  constructor(model: Model) {
    this.model = model;
    const figures = h(
      'div',
      { class: 'figures' },
      h('div', { class: 'figure requests' }, this.requests, h('span', {}, 'requests a second')),
      h('div', { class: 'figure bytes' }, this.bytes, h('span', {}, 'received a second')),
    );
    this.element = h(
      'section',
      { class: 'chart', 'aria-label': 'Throughput' },
      h('div', { class: 'plot' }, this.canvas),
      figures,
    );
  }

  draw(): void {
    const { canvas, model } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const context = canvas.getContext('2d');
    if (context === null || width === 0) return;
    const ratio = devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const seconds = model.throughput.last(SECONDS, model.time(performance.now()));
    const style = getComputedStyle(canvas);
    const colour = (name: string): string => style.getPropertyValue(name);
    const most = Math.max(4, ...seconds.map(({ requests }) => requests));
    const mostBytes = Math.max(1000, ...seconds.map((second) => second.bytes));
    const wide = width / SECONDS;
    const grid = colour('--line');
    context.fillStyle = grid;
    for (const part of [0, 0.5]) context.fillRect(0, Math.round(height * part), width, 1);
    context.fillRect(0, height - 1, width, 1);
    seconds.forEach(({ requests, failed }, i) => {
      const tall = (requests / most) * (height - 6);
      const bad = (failed / most) * (height - 6);
      context.fillStyle = colour('--bar');
      context.fillRect(i * wide + 0.5, height - tall, Math.max(1, wide - 1.5), tall - bad);
      context.fillStyle = colour('--bad');
      context.fillRect(i * wide + 0.5, height - bad, Math.max(1, wide - 1.5), bad);
    });
    context.strokeStyle = colour('--receive');
    context.lineWidth = 1.5;
    context.lineJoin = 'round';
    context.beginPath();
    seconds.forEach((second, i) => {
      context.lineTo((i + 0.5) * wide, height - 2 - (second.bytes / mostBytes) * (height - 10));
    });
    context.stroke();
    this.tell(seconds.at(-2)!);
  }

  private tell({ requests, bytes: received }: { readonly requests: number; readonly bytes: number }): void {
    setText(this.requests, String(requests));
    setText(this.bytes, bytes(Math.round(received)));
    const label = `The last minute; in its last second ${requests} requests and ${bytes(Math.round(received))}`;
    if (this.canvas.getAttribute('aria-label') !== label) this.canvas.setAttribute('aria-label', label);
  }
}

import { h } from './dom.ts';
import type { Entry } from './entry.ts';
import { STORED, VALIDATED } from './protocol.ts';
import { bytes, duration } from './words.ts';

/** A cell whose text is exchanged in place. */
class Cell {
  readonly element: HTMLElement;
  private readonly text = document.createTextNode('');

  constructor(name: string) {
    this.element = h('span', { role: 'gridcell', class: name }, this.text);
  }

  set(text: string): void {
    if (this.text.data !== text) this.text.data = text;
  }
}

/** One line of the list. It is used for many rows, one after another; its bar is drawn by the waterfall. */
export class RowView {
  readonly element: HTMLElement;
  place = -1;
  private readonly path = new Cell('path');
  private readonly method = new Cell('method');
  private readonly status = new Cell('status');
  private readonly kind = new Cell('kind');
  private readonly host = new Cell('host');
  private readonly size = new Cell('size');
  private readonly time = new Cell('time');
  private entry: Entry | null = null;
  private look = '';
  private chosen: boolean | null = null;

  constructor() {
    const cells = [this.path, this.method, this.status, this.kind, this.host, this.size, this.time];
    this.element = h('div', { role: 'row', class: 'row' }, ...cells.map(({ element }) => element));
    // most are never pointed at
    this.path.element.addEventListener('mouseenter', () => {
      this.path.element.title = this.entry?.url ?? '';
    });
  }

  /** There is no row for it; its name is free for the line that shows the row now. */
  hide(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.element.removeAttribute('id');
    this.entry = null;
  }

  show(entry: Entry, place: number, top: number, selected: boolean): void {
    const { element } = this;
    if (element.hidden) element.hidden = false;
    if (this.place !== place) {
      this.place = place;
      element.style.transform = `translateY(${top}px)`;
      element.setAttribute('aria-rowindex', String(place + 2));
    }
    if (this.chosen !== selected) element.setAttribute('aria-selected', String(selected));
    this.chosen = selected;
    const look = `row${place % 2 === 1 ? ' odd' : ''} s-${toneOf(entry)}`;
    if (this.look !== look) element.className = look;
    this.look = look;
    if (this.entry === entry) return;
    if (this.entry?.id !== entry.id) element.id = `row-${entry.id}`;
    this.entry = entry;
    this.fill(entry);
  }

  private fill(entry: Entry): void {
    this.path.set(entry.path.length > LONGEST ? `${entry.path.slice(0, LONGEST)}…` : entry.path);
    this.method.set(entry.method);
    this.status.set(statusWord(entry));
    this.kind.set(entry.status > 0 ? entry.kind : '');
    this.host.set(entry.host);
    this.size.set(sizeWord(entry));
    this.time.set(entry.state === 'waiting' ? '' : duration(entry.marks.end));
  }
}

/** Letters of a path; more do not fit. */
const LONGEST = 200;

export function statusWord({ state, status, problem }: Entry): string {
  if (state === 'failed') return status > 0 ? `${status} ✕` : problem;
  if (status > 0) return String(status);
  return state === 'waiting' ? 'in line' : 'sent';
}

/** Which colour tells how it went. */
export function toneOf({ state, status, flags }: Entry): string {
  if (state === 'failed' || status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  if ((flags & (STORED | VALIDATED)) !== 0) return 'stored';
  if (status >= 300) return 'moved';
  return status === 0 ? 'running' : 'good';
}

function sizeWord({ flags, received, status }: Entry): string {
  if ((flags & STORED) !== 0) return 'stored';
  return status === 0 ? '' : bytes(received);
}

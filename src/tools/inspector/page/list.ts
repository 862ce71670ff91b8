import { h, onceAFrame, setText } from './dom.ts';
import type { Model, SortKey } from './model.ts';
import { RowView } from './row-view.ts';
import { at, type Scale, scaleOf } from './scale.ts';
import { Waterfall } from './waterfall.ts';
import { even } from './words.ts';

export const ROW_HEIGHT = 28;
/** Lines above and below what is visible. */
const SPARE = 3;
/** Browsers cannot lay out what is higher. */
const HIGHEST = 16_000_000;

/** What the title of the waterfall and a label of its ruler take, pixels. */
const TITLE = 66;
const LABEL = 54;

const COLUMNS: readonly (readonly [key: SortKey, name: string])[] = [
  ['path', 'Path'],
  ['method', 'Method'],
  ['status', 'Status'],
  ['kind', 'Kind'],
  ['host', 'Host'],
  ['size', 'Size'],
  ['time', 'Time'],
  ['start', 'Waterfall'],
];

/** The list of rows: only those that can be seen exist. */
export class List {
  readonly element: HTMLElement;
  readonly grid = h('div', {
    ...{ role: 'grid', tabindex: '0', class: 'grid', 'aria-label': 'Requests', 'aria-colcount': '8' },
  });
  selected = -1;
  /** New rows come into view by themselves. */
  follows = true;
  readonly refresh: () => void;
  private readonly model: Model;
  private readonly body = h('div', { class: 'rows', role: 'rowgroup' });
  private readonly head: HTMLElement;
  private readonly ruler = h('span', { class: 'ruler', 'aria-hidden': 'true' });
  private readonly waterfall = new Waterfall();
  private readonly empty = h('p', { class: 'empty' });
  private views: RowView[] = [];
  private count = -1;
  /** Of the waterfall, pixels. */
  private width = 0;
  private scale: Scale = scaleOf(0, 1000);
  private readonly onSelect: (id: number, opened: boolean) => void;

  constructor(model: Model, onSelect: (id: number, opened: boolean) => void) {
    this.model = model;
    this.onSelect = onSelect;
    this.refresh = onceAFrame(() => this.render());
    this.head = h(
      'div',
      { role: 'row', class: 'row head', 'aria-rowindex': '1' },
      ...COLUMNS.map((column) => this.header(...column)),
    );
    this.grid.append(h('div', { role: 'rowgroup', class: 'heads' }, this.head), this.body);
    this.body.append(this.waterfall.element);
    this.element = h('section', { class: 'list' }, this.grid, this.empty);
    this.grid.addEventListener(
      'scroll',
      () => {
        this.follows = this.grid.scrollTop + this.grid.clientHeight >= this.grid.scrollHeight - ROW_HEIGHT;
        this.refresh();
      },
      { passive: true },
    );
    this.body.addEventListener('click', (event) => this.clicked(event));
    this.grid.addEventListener('keydown', (event) => this.pressed(event));
    new ResizeObserver(() => this.resized()).observe(this.grid);
  }

  /** Selects a row, and brings it into view. */
  select(id: number, opened = false): void {
    this.selected = id;
    const place = this.model.placeOf(id);
    if (place >= 0) this.reveal(place);
    this.onSelect(id, opened);
    this.refresh();
  }

  /** The colours are others now. */
  recolour(): void {
    this.waterfall.recolour();
    this.refresh();
  }

  private header(key: SortKey, name: string): HTMLElement {
    const element = h('button', { type: 'button', title: `Sort by: ${name}` }, name);
    element.addEventListener('click', () => {
      this.model.sortBy(key);
      this.refresh();
    });
    const cell = h('span', { role: 'columnheader', class: HEADS[key] ?? key, 'data-key': key }, element);
    if (key === 'start') cell.append(this.ruler);
    return cell;
  }

  private resized(): void {
    const cell = this.ruler.parentElement!;
    this.width = cell.clientWidth;
    this.waterfall.place(cell.offsetLeft, this.width);
    this.drawRuler();
    this.refresh();
  }

  private clicked(event: Event): void {
    const line = (event.target as Element).closest<HTMLElement>('.row');
    const view = this.views.find(({ element }) => element === line);
    const entry = view === undefined ? undefined : this.model.shown[view.place];
    if (entry !== undefined) this.select(entry.id, true);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // the head of a column
    if (event.key === 'Enter' && event.target !== this.grid) return;
    const { shown } = this.model;
    const place = this.model.placeOf(this.selected);
    const page = Math.max(1, Math.floor(this.grid.clientHeight / ROW_HEIGHT) - 2);
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowDown: place + 1, ArrowUp: place < 0 ? shown.length - 1 : place - 1 },
      ...{ PageDown: place + page, PageUp: place - page, Home: 0, End: shown.length - 1 },
    };
    const wanted = steps[event.key];
    if (event.key === 'Enter' && place >= 0) this.select(this.selected, true);
    else if (wanted === undefined || shown.length === 0) return;
    else this.select(shown[Math.min(shown.length - 1, Math.max(0, wanted))]!.id);
    event.preventDefault();
  }

  private reveal(place: number): void {
    const { grid } = this;
    const top = place * ROW_HEIGHT;
    const room = grid.clientHeight - this.head.offsetHeight;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top + ROW_HEIGHT > grid.scrollTop + room) grid.scrollTop = top + ROW_HEIGHT - room;
  }

  private render(): void {
    const { grid, model } = this;
    const { shown } = model;
    if (shown.length !== this.count) {
      this.count = shown.length;
      this.body.style.height = `${Math.min(HIGHEST, shown.length * ROW_HEIGHT)}px`;
      grid.setAttribute('aria-rowcount', String(shown.length + 1));
      if (this.follows) grid.scrollTop = grid.scrollHeight;
    }
    this.empty.hidden = shown.length > 0;
    setText(
      this.empty,
      model.entries.size === 0
        ? 'Nothing has been asked for yet. Requests appear here as they are made.'
        : 'No request fits the filters.',
    );
    // all of it is read before anything is written: else the browser lays out twice
    const top = grid.scrollTop;
    const bottom = top + grid.clientHeight;
    const visible = bottom - this.head.offsetHeight;
    const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE);
    const last = Math.min(shown.length, Math.ceil(bottom / ROW_HEIGHT) + SPARE);
    this.fill(first, last);
    this.drawBars(first, last, top, visible);
    this.order();
  }

  private fill(first: number, last: number): void {
    const { views, model } = this;
    while (views.length < last - first) {
      const view = new RowView();
      views.push(view);
      this.body.append(view.element);
    }
    const size = views.length;
    // each place has its own line, so that scrolling a bit changes few of them
    for (let i = 0; i < size; i++) {
      const place = first + ((((i - first) % size) + size) % size);
      const view = views[i]!;
      const entry = place < last ? model.shown[place] : undefined;
      if (entry === undefined) view.hide();
      else view.show(entry, place, place * ROW_HEIGHT, entry.id === this.selected);
    }
    const place = this.selected < 0 ? -1 : model.placeOf(this.selected);
    if (place >= first && place < last) this.grid.setAttribute('aria-activedescendant', `row-${this.selected}`);
    else this.grid.removeAttribute('aria-activedescendant');
  }

  /** The waterfall shows the time of what can be seen. */
  private drawBars(first: number, last: number, top: number, bottom: number): void {
    const { model } = this;
    const now = model.time(performance.now());
    const begin = Math.max(first, Math.floor(top / ROW_HEIGHT));
    const end = Math.min(last, Math.ceil(bottom / ROW_HEIGHT));
    let [from, to] = [Number.POSITIVE_INFINITY, 0];
    for (let place = begin; place < end; place++) {
      const { start, marks, state } = model.shown[place]!;
      from = Math.min(from, start);
      to = Math.max(to, state === 'done' || state === 'failed' ? start + marks.end : Math.max(now, start + marks.end));
    }
    if (from > to) return;
    const scale = scaleOf(from, to);
    if (scale.from !== this.scale.from || scale.span !== this.scale.span) {
      this.scale = scale;
      this.drawRuler();
    }
    this.waterfall.draw(model.shown.slice(first, last), first, ROW_HEIGHT, this.scale, now);
  }

  private drawRuler(): void {
    const { scale, width } = this;
    const lines: HTMLElement[] = [];
    let free = TITLE;
    for (let time = scale.step; time < scale.span; time += scale.step) {
      const place = (time / scale.span) * width;
      if (place - LABEL < free) continue;
      free = place;
      const line = h('b', {}, `+${even(time)}`);
      line.style.left = `${at(scale, scale.from + time)}%`;
      lines.push(line);
    }
    this.ruler.replaceChildren(...lines);
  }

  private order(): void {
    const { key, descending } = this.model.order;
    for (const cell of this.head.children) {
      const mine = cell.getAttribute('data-key') === key;
      const word = mine ? (descending ? 'descending' : 'ascending') : 'none';
      if (cell.getAttribute('aria-sort') !== word) cell.setAttribute('aria-sort', word);
    }
  }
}

const HEADS: Readonly<Partial<Record<SortKey, string>>> = { start: 'fall' };

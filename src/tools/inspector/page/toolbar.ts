import { button, h, setText } from './dom.ts';
import { KINDS, type Kind } from './entry.ts';
import { ALL, type Filter } from './filter.ts';
import type { Model } from './model.ts';
import { bytes, many } from './words.ts';

export interface ToolActions {
  filter(filter: Filter): void;
  pause(): void;
  clear(): void;
  connections(): void;
  theme(): void;
  help(): void;
}

const STATUSES = [
  ['', 'Any status'],
  ['2', '2xx'],
  ['3', '3xx'],
  ['4', '4xx'],
  ['5', '5xx'],
  ['failed', 'Failed, 4xx, 5xx'],
  ['running', 'Running'],
  ['stored', 'Out of the store'],
] as const;

/** What stands above the list: what is done with all rows, and which of them are shown. */
export class Toolbar {
  readonly element: HTMLElement;
  readonly search = h('input', {
    ...{
      type: 'search',
      placeholder: 'Filter: words, -without',
      'aria-label': 'Filter by words',
      spellcheck: 'false',
      autocomplete: 'off',
    },
  });
  readonly pause: HTMLButtonElement;
  readonly connections: HTMLButtonElement;
  readonly theme: HTMLButtonElement;
  private readonly title = h('span', { class: 'program' });
  private readonly live = h('span', { class: 'live', role: 'status' });
  private readonly sum = h('span', { class: 'sum' });
  private readonly method = h('select', { 'aria-label': 'Method' });
  private readonly status = h(
    'select',
    { 'aria-label': 'Status' },
    ...STATUSES.map(([value, name]) => h('option', { value }, name)),
  );
  private readonly host = h('select', { 'aria-label': 'Host' });
  private readonly kinds: readonly HTMLButtonElement[];
  private readonly reset: HTMLButtonElement;
  private readonly actions: ToolActions;
  private kind: Kind | '' = '';
  private known = -1;

  constructor(actions: ToolActions) {
    this.actions = actions;
    this.pause = button('Pause', 'Show nothing new for a while (p)', () => actions.pause(), { 'aria-pressed': 'false' });
    this.connections = button('Connections', 'Connections and queues (o)', () => actions.connections(), {
      'aria-pressed': 'false',
    });
    this.theme = button('Theme: auto', 'Light, dark, or as the system has it (t)', () => actions.theme(), { class: 'quiet' });
    this.kinds = (['', ...KINDS] as const).map((kind) => this.kindButton(kind));
    this.reset = button('Reset', 'Show everything again', () => this.clearFilter(), { class: 'quiet' });
    for (const field of [this.search, this.method, this.status, this.host]) field.addEventListener('input', () => this.changed());
    this.element = h(
      'header',
      {},
      h(
        'div',
        { class: 'bar' },
        h('span', { class: 'mark', 'aria-hidden': 'true' }),
        h('h1', {}, 'Inspector'),
        this.title,
        this.live,
        this.sum,
        h('span', { class: 'space' }),
        this.pause,
        button('Clear', 'Forget all requests (Shift+C)', () => actions.clear()),
        h(
          'a',
          {
            class: 'button',
            href: '/session.har',
            download: 'inspector.har',
            title: 'Save all requests as a HAR file, without secrets',
          },
          'HAR',
        ),
        this.connections,
        this.theme,
        button('?', 'Keys (?)', () => actions.help(), { 'aria-label': 'Help', class: 'quiet' }),
      ),
      h(
        'div',
        { class: 'bar filters', role: 'search' },
        this.search,
        h('div', { class: 'kinds', role: 'group', 'aria-label': 'Kind' }, ...this.kinds),
        this.method,
        this.status,
        this.host,
        this.reset,
      ),
    );
    this.options(this.method, 'Any method', []);
    this.options(this.host, 'Any host', []);
    this.reset.hidden = true;
  }

  get filter(): Filter {
    const { search, method, status, host, kind } = this;
    return { text: search.value, method: method.value, status: status.value, host: host.value, kind };
  }

  clearFilter(): void {
    this.search.value = ALL.text;
    for (const select of [this.method, this.status, this.host]) select.value = '';
    this.kind = '';
    this.changed();
    this.search.focus();
  }

  /** Tells how much there is. */
  show(model: Model, live: 'live' | 'paused' | 'lost'): void {
    const { shown, entries, running, dropped } = model;
    setText(this.title, model.beginning.title);
    setText(this.live, { live: 'live', paused: 'paused', lost: 'not connected' }[live]);
    this.live.dataset['state'] = live;
    const count = model.filtered
      ? `${shown.length.toLocaleString('en')} of ${many(entries.size, 'request')}`
      : many(entries.size, 'request');
    const words = [
      count,
      bytes(model.bytes),
      running > 0 ? `${running} running` : '',
      dropped > 0 ? `${many(dropped, 'older one')} dropped` : '',
    ];
    setText(this.sum, words.filter((word) => word !== '').join(' · '));
    if (model.vocabulary === this.known) return;
    this.known = model.vocabulary;
    this.options(this.method, 'Any method', [...model.methods]);
    this.options(this.host, 'Any host', mostAsked(model.hosts));
  }

  private kindButton(kind: Kind | ''): HTMLButtonElement {
    const name = kind === '' ? 'All' : kind === 'json' ? 'JSON' : kind[0]!.toUpperCase() + kind.slice(1);
    return button(
      name,
      kind === '' ? 'Show all kinds' : `Show only: ${kind}`,
      () => {
        this.kind = kind;
        this.changed();
      },
      { 'data-kind': kind, 'aria-pressed': String(kind === '') },
    );
  }

  private changed(): void {
    for (const each of this.kinds) each.setAttribute('aria-pressed', String(each.dataset['kind'] === this.kind));
    const { filter } = this;
    this.reset.hidden = Object.values(filter).every((part) => part === '');
    this.actions.filter(filter);
  }

  private options(select: HTMLSelectElement, all: string, values: readonly string[]): void {
    const { value } = select;
    // what is chosen stays, also when no row is left of it: the list is filtered by it
    const choices = [...new Set(value === '' ? values : [...values, value])].sort();
    select.replaceChildren(h('option', { value: '' }, all), ...choices.map((each) => h('option', { value: each }, each)));
    select.value = value;
  }
}

/** Hosts among which can be chosen; the others are found by words. */
const MOST_HOSTS = 500;

function mostAsked(hosts: ReadonlyMap<string, number>): string[] {
  if (hosts.size <= MOST_HOSTS) return [...hosts.keys()];
  const sorted = [...hosts].sort(([, a], [, b]) => b - a);
  return sorted.slice(0, MOST_HOSTS).map(([host]) => host);
}

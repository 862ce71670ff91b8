import { bodyView } from './body-view.ts';
import { button, h } from './dom.ts';
import type { Entry } from './entry.ts';
import { phasesOf } from './phases.ts';
import { type BodyData, type Details, type Pair, REUSED } from './protocol.ts';
import { statusWord, toneOf } from './row-view.ts';
import { Tabs } from './tabs.ts';
import { bytes, clockTime, duration } from './words.ts';

export interface DetailActions {
  close(): void;
  copy(text: string, what: string): void;
  replay(details: Details): void;
  select(id: number): void;
}

/** All about one row. */
export class DetailsView {
  readonly element = h('aside', { class: 'side details', 'aria-label': 'Request' });
  current: Details | null = null;
  private readonly tabs = new Tabs();
  private readonly actions: DetailActions;

  constructor(actions: DetailActions) {
    this.actions = actions;
  }

  show(details: Details, entry: Entry, began: number): void {
    this.current = details;
    const { actions } = this;
    const again = button('Replay', details.noReplay || 'Send this request again (r)', () => actions.replay(details));
    again.disabled = details.noReplay !== '';
    const title = h(
      'div',
      { class: 'title' },
      h('h2', {}, h('span', { class: 'method' }, details.method), ' ', h('span', { class: 'url' }, details.url)),
      h(
        'div',
        { class: 'actions' },
        h('span', { class: `pill s-${toneOf(entry)}` }, `${statusWord(entry)} ${details.reason}`.trim()),
        h('span', { class: 'note' }, `${duration(entry.marks.end)} · ${bytes(entry.received)}`),
        button('Copy as curl', 'Copy the request as a command of curl (c)', () => actions.copy(details.curl, 'The command')),
        again,
        button('✕', 'Close (Escape)', () => actions.close(), { 'aria-label': 'Close', class: 'close' }),
      ),
    );
    this.tabs.show([
      { key: 'headers', name: 'Headers', content: () => this.headers(details, entry, began) },
      { key: 'body', name: 'Body', content: () => bodyView(details.body) },
      { key: 'payload', name: 'Sent', content: () => this.payload(details.requestBody, details.query) },
      { key: 'timing', name: 'Timing', content: () => timing(entry) },
      { key: 'cookies', name: 'Cookies', content: () => cookies(details) },
      { key: 'cache', name: 'Cache', content: () => h('div', {}, ...details.cache.map((words) => h('p', {}, words))) },
      { key: 'tls', name: 'TLS', content: () => tls(details.tls) },
    ]);
    const problem = details.failure === null ? null : failure(details.failure);
    this.element.replaceChildren(title, ...(problem === null ? [] : [problem]), this.tabs.element);
  }

  showError(words: string): void {
    this.current = null;
    const close = button('✕', 'Close (Escape)', () => this.actions.close(), { 'aria-label': 'Close', class: 'close' });
    this.element.replaceChildren(h('div', { class: 'title' }, h('p', { class: 'note' }, words), close));
  }

  private headers(details: Details, entry: Entry, began: number): HTMLElement {
    const reused = (entry.flags & REUSED) !== 0 ? 'used before' : 'new';
    const where = entry.connection === 0 ? 'none' : `number ${entry.connection}, ${reused}`;
    const facts: Pair[] = [
      { name: 'Made at', value: clockTime(began + entry.start / 1000) },
      { name: 'Connection', value: [where, entry.address].filter((word) => word !== '').join(' · ') },
      { name: 'Protocol', value: details.requestVersion || '—' },
    ];
    return h(
      'div',
      {},
      section('General', facts),
      this.trips(details),
      section('Answer', details.headers, 'No answer has come.'),
      section('Request', details.requestHeaders, 'Nothing was sent.'),
    );
  }

  /** Redirects, rounds of authentication and the like. */
  private trips({ trips, id }: Details): HTMLElement | null {
    if (trips.length < 2) return null;
    const links = trips.map((trip, i) => {
      const link = button(`Trip ${i + 1}`, 'Show this trip', () => this.actions.select(trip));
      if (trip === id) link.setAttribute('aria-current', 'true');
      return link;
    });
    return h('section', {}, h('h3', {}, 'Trips of this request'), h('div', { class: 'choices' }, ...links));
  }

  private payload(body: BodyData | null, query: readonly Pair[]): HTMLElement {
    const parameters = query.length === 0 ? null : section('Parameters', query);
    return h('div', {}, parameters, h('section', {}, h('h3', {}, 'Body'), bodyView(body)));
  }
}

function failure({ kind, phase, message, hint }: NonNullable<Details['failure']>): HTMLElement {
  const words = [message, hint].filter((word) => word !== '').map((word) => h('p', {}, word));
  return h('div', { class: 'problem', role: 'note' }, h('strong', {}, `Failed (${kind}, while: ${phase})`), ...words);
}

function section(name: string, pairs: readonly Pair[], none = 'None.'): HTMLElement {
  const list = h('dl', {}, ...pairs.flatMap(({ name: each, value }) => [h('dt', {}, each), h('dd', {}, value)]));
  return h('section', {}, h('h3', {}, name), pairs.length === 0 ? h('p', { class: 'note' }, none) : list);
}

function tls(data: Details['tls']): HTMLElement {
  if (data === null) return h('p', { class: 'note' }, 'It did not go over TLS.');
  const doubts = data.doubts.map((words) => h('li', {}, words));
  const against =
    doubts.length === 0 ? null : h('section', {}, h('h3', {}, 'What speaks against it'), h('ul', { class: 'doubts' }, ...doubts));
  const chain = data.chain.map(({ title, facts }, i) =>
    section(i === 0 ? `Certificate: ${title}` : `Authority: ${title}`, facts),
  );
  return h('div', {}, section('Connection', data.facts), against, ...chain);
}

function timing(entry: Entry): HTMLElement {
  const phases = phasesOf(entry.marks);
  const whole = Math.max(1, entry.marks.end);
  const lines = phases.flatMap(({ key, name, from, to }) => {
    const bar = h('i', { class: `phase p-${key}` });
    bar.style.left = `${(from / whole) * 100}%`;
    bar.style.width = `${((to - from) / whole) * 100}%`;
    return [
      h('dt', {}, name),
      h('dd', {}, h('span', { class: 'track', 'aria-hidden': 'true' }, bar), h('span', { class: 'value' }, duration(to - from))),
    ];
  });
  const sum = [
    h('dt', { class: 'sum' }, 'In all'),
    h('dd', { class: 'sum' }, h('span', { class: 'value' }, duration(entry.marks.end))),
  ];
  return h('dl', { class: 'timing' }, ...lines, ...sum);
}

function cookies({ sentCookies, setCookies }: Details): HTMLElement {
  const set = setCookies.map(({ name, value, about }) => ({ name, value: `${value} · ${about}` }));
  return h('div', {}, section('Sent', sentCookies), section('Set by the answer', set));
}

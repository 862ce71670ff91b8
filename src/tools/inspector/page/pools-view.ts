import { button, h } from './dom.ts';
import type { PoolData } from './protocol.ts';
import { many } from './words.ts';

/** Connections and queues, place by place. */
export class PoolsView {
  readonly element = h('aside', { class: 'side pools', 'aria-label': 'Connections' });
  private readonly list = h('div', { class: 'places' });
  private shown: readonly PoolData[] | null = null;

  constructor(close: () => void) {
    const closer = button('✕', 'Close (Escape)', close, { 'aria-label': 'Close', class: 'close' });
    this.element.append(
      h('div', { class: 'title' }, h('h2', {}, 'Connections'), h('div', { class: 'actions' }, closer)),
      this.list,
    );
  }

  show(pools: readonly PoolData[]): void {
    if (pools === this.shown) return;
    this.shown = pools;
    const busiest = [...pools].sort((a, b) => b[4] - a[4] || b[5].length - a[5].length);
    const none = h('p', { class: 'note' }, 'No connection stands, and nobody waits for one.');
    this.list.replaceChildren(...(busiest.length === 0 ? [none] : busiest.map(place)));
  }
}

function place([name, via, limit, dialing, waiting, connections]: PoolData): HTMLElement {
  const chips = connections.map(([number, multiplexed, address, tls, depth, served]) => {
    const words = [multiplexed ? 'HTTP/2' : 'HTTP/1.1', tls, address, `${many(served, 'answer')} so far`].filter(
      (word) => word !== '',
    );
    return h(
      'li',
      { class: depth > 0 ? 'chip busy' : 'chip' },
      h('strong', {}, `#${number}`),
      h('span', {}, depth === 0 ? 'idle' : depth === 1 ? 'busy' : `busy with ${depth}`),
      h('span', { class: 'note' }, words.join(' · ')),
    );
  });
  const facts = [
    `${connections.length} of at most ${limit} connections`,
    dialing > 0 ? `${dialing} being opened` : '',
    via === '' ? '' : `by way of ${via}`,
  ];
  const meter = h('meter', {
    min: '0',
    max: String(Math.max(limit, waiting, 1)),
    value: String(waiting),
    'aria-label': 'Requests in line',
  });
  return h(
    'section',
    {},
    h('h3', {}, name),
    h('p', { class: 'note' }, facts.filter((word) => word !== '').join(' · ')),
    h('p', { class: 'in-line' }, h('span', {}, `${many(waiting, 'request')} in line`), meter),
    h('ul', {}, ...chips),
  );
}

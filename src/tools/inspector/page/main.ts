import { Chart } from './chart.ts';
import { DetailsView } from './details.ts';
import { h, onceAFrame, setText } from './dom.ts';
import { helpDialog } from './help.ts';
import { Line } from './line.ts';
import { List } from './list.ts';
import { Model } from './model.ts';
import { PoolsView } from './pools-view.ts';
import type { Details } from './protocol.ts';
import { ThemeSwitch } from './theme.ts';
import { Toolbar } from './toolbar.ts';

/** Methods that change nothing at the server (RFC 9110 9.2.1). */
const HARMLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** The page as a whole: what comes by the feed goes into the model, and what the user does goes from part to part. */
class Page {
  private readonly model = new Model();
  private readonly toolbar: Toolbar;
  private readonly chart = new Chart(this.model);
  private readonly list: List;
  private readonly details: DetailsView;
  private readonly pools: PoolsView;
  private readonly help = helpDialog();
  private readonly theme: ThemeSwitch;
  private readonly toast = h('p', { class: 'toast', role: 'status' });
  private readonly side = h('div', { class: 'sides' });
  private readonly refresh = onceAFrame(() => this.render());
  private readonly line: Line;
  private readonly title = document.querySelector('title')!;
  /** Row and state of what the details show. */
  private told = '';

  constructor() {
    this.toolbar = new Toolbar({
      filter: (filter) => this.changed(() => this.model.filterBy(filter)),
      pause: () => this.line.pause(),
      clear: () => void this.post('/clear'),
      connections: () => this.toggle(this.pools.element),
      theme: () => this.theme.next(),
      help: () => this.help.showModal(),
    });
    this.list = new List(this.model, (_id, opened) => this.selected(opened));
    this.details = new DetailsView({
      close: () => this.close(),
      copy: (text, what) => void this.copy(text, what),
      replay: (details) => void this.replay(details),
      select: (id) => this.list.select(id),
    });
    this.pools = new PoolsView(() => this.close());
    this.theme = new ThemeSwitch((name) => {
      setText(this.toolbar.theme, name);
      this.list.recolour();
      this.refresh();
    });
    const main = h('main', {}, this.list.element, this.side);
    document.body.replaceChildren(this.toolbar.element, this.chart.element, main, this.toast, this.help);
    document.addEventListener('keydown', (event) => this.pressed(event));
    this.list.grid.focus();
    this.line = new Line({
      from: () => this.model.unsettled,
      take: (message) => this.changed(() => this.model.take(message, performance.now())),
      changed: () => this.refresh(),
    });
    // what runs gets longer, and the chart goes on, also when nothing is told
    setInterval(this.refresh, 500);
  }

  private changed(change: () => void): void {
    change();
    this.refresh();
  }

  private render(): void {
    const { model } = this;
    this.toolbar.show(model, this.line.state);
    const { title } = model.beginning;
    setText(this.title, title === '' ? 'Inspector' : `${title} · Inspector`);
    this.toolbar.pause.setAttribute('aria-pressed', String(this.line.state === 'paused'));
    this.toolbar.connections.setAttribute('aria-pressed', String(this.pools.element.isConnected));
    this.chart.draw();
    this.list.refresh();
    if (this.pools.element.isConnected) this.pools.show(model.pools);
    if (this.details.element.isConnected) this.look(this.list.selected);
  }

  private selected(opened: boolean): void {
    if (opened || this.details.element.isConnected) this.open(this.details.element);
    this.refresh();
    if (opened) this.list.grid.focus();
  }

  /** Asks for the details of a row, whenever it has become another one. */
  private look(id: number): void {
    const entry = this.model.entries.get(id);
    if (entry === undefined) return;
    const state = `${id} ${entry.state} ${entry.status}`;
    if (state === this.told) return;
    this.told = state;
    void this.fetchDetails(id, state);
  }

  private async fetchDetails(id: number, state: string): Promise<void> {
    const answer = await fetch(`/rows/${id}`).catch(() => null);
    // another one was selected meanwhile
    if (this.told !== state) return;
    const entry = this.model.entries.get(id);
    if (answer?.ok === true && entry !== undefined) {
      const details = (await answer.json()) as Details;
      if (this.told === state) this.details.show(details, entry, this.model.beginning.began);
    } else
      this.details.showError(
        answer?.status === 404 ? 'This request has made room for later ones.' : 'The program does not answer.',
      );
  }

  private open(element: HTMLElement): void {
    if (!element.isConnected) this.side.replaceChildren(element);
    this.refresh();
  }

  private toggle(element: HTMLElement): void {
    if (element.isConnected) this.close();
    else this.open(element);
  }

  private close(): void {
    this.side.replaceChildren();
    this.told = '';
    this.list.grid.focus();
    this.refresh();
  }

  private async copy(text: string, what: string): Promise<void> {
    await navigator.clipboard.writeText(text).then(
      () => this.say(`${what} is copied.`),
      () => this.say('The browser does not allow it.'),
    );
  }

  /** What the first trip asked for is sent again; where that changes something, nobody does it by a slip of a key. */
  private async replay({ id, trips }: Details): Promise<void> {
    const method = this.model.entries.get(trips[0] ?? id)?.method ?? 'request';
    if (!HARMLESS.has(method) && !confirm(`Send this ${method} again? The server may do once more what it asks for.`)) return;
    await this.post(`/rows/${id}/replay`);
  }

  private async post(path: string): Promise<void> {
    const answer = await fetch(path, { method: 'POST' }).catch(() => null);
    this.say(answer === null ? 'The program does not answer.' : (await answer.text()).trim());
  }

  private say(words: string): void {
    this.toast.textContent = words;
    this.toast.classList.remove('shown');
    // begins the animation anew
    void this.toast.offsetWidth;
    this.toast.classList.add('shown');
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    const field = event.target instanceof HTMLElement && event.target.matches('input, select');
    if (event.key === 'Escape') {
      if (field && this.toolbar.search.value !== '') this.toolbar.clearFilter();
      else this.close();
      event.preventDefault();
    } else if (!field) {
      const act = this.keys()[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    }
  }

  private keys(): Readonly<Record<string, () => void>> {
    const { current } = this.details;
    return {
      '/': () => this.toolbar.search.select(),
      '?': () => this.help.showModal(),
      p: () => this.line.pause(),
      o: () => this.toggle(this.pools.element),
      t: () => this.theme.next(),
      C: () => void this.post('/clear'),
      c: () => current !== null && void this.copy(current.curl, 'The command'),
      r: () => current !== null && current.noReplay === '' && void this.replay(current),
    };
  }
}

new Page();

import { h } from './dom.ts';

export interface Tab {
  readonly key: string;
  readonly name: string;
  readonly content: () => HTMLElement;
}

/** Tabs with their panel; arrow keys go from one to the next. Which one was chosen is remembered for the next row. */
export class Tabs {
  readonly element = h('div', { class: 'tabs' });
  private readonly bar = h('div', { role: 'tablist', class: 'tablist', 'aria-label': 'Details' });
  private readonly panel = h('div', { role: 'tabpanel', class: 'panel', id: 'panel', tabindex: '0' });
  private tabs: readonly Tab[] = [];
  private chosen = '';

  constructor() {
    this.element.append(this.bar, this.panel);
    this.bar.addEventListener('keydown', (event) => this.pressed(event));
  }

  show(tabs: readonly Tab[]): void {
    const same = tabs.length === this.tabs.length && tabs.every(({ key }, i) => key === this.tabs[i]!.key);
    this.tabs = tabs;
    if (!tabs.some(({ key }) => key === this.chosen)) this.chosen = tabs[0]!.key;
    if (!same) this.bar.replaceChildren(...tabs.map((tab) => this.button(tab)));
    this.choose(this.chosen, false);
  }

  choose(key: string, focused: boolean): void {
    this.chosen = key;
    for (const element of this.bar.children as HTMLCollectionOf<HTMLElement>) {
      const mine = element.id === `tab-${key}`;
      element.setAttribute('aria-selected', String(mine));
      element.tabIndex = mine ? 0 : -1;
      if (mine && focused) element.focus();
    }
    this.panel.setAttribute('aria-labelledby', `tab-${key}`);
    const tab = this.tabs.find((each) => each.key === key);
    this.panel.replaceChildren(tab!.content());
    this.panel.scrollTop = 0;
  }

  private button({ key, name }: Tab): HTMLElement {
    const element = h('button', { type: 'button', role: 'tab', id: `tab-${key}`, 'aria-controls': 'panel' }, name);
    element.addEventListener('click', () => this.choose(key, true));
    return element;
  }

  private pressed(event: KeyboardEvent): void {
    const at = this.tabs.findIndex(({ key }) => key === this.chosen);
    const last = this.tabs.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last },
    };
    const wanted = steps[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    this.choose(this.tabs[wanted]!.key, true);
  }
}

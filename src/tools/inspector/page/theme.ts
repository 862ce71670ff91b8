const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'qnetwork-inspector-theme';

/** Light, dark, or as the system has it; remembered by the browser. */
export class ThemeSwitch {
  private theme: Theme;
  private readonly changed: (name: string) => void;

  constructor(changed: (name: string) => void) {
    this.changed = changed;
    this.theme = THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
    this.apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.apply());
  }

  next(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length]!;
    localStorage.setItem(KEY, this.theme);
    this.apply();
  }

  private apply(): void {
    document.documentElement.dataset['theme'] = this.theme;
    this.changed(`Theme: ${this.theme}`);
  }
}

import { Url } from '../../base/url.ts';
import type { PacLimits } from './calls.ts';
import { type PacDecision, PacProblem, PacScript, type PacSeams } from './pac.ts';

/** What getting scripts takes of the world. */
export interface SourceSeams extends PacSeams {
  /** The text of a script, fetched without a proxy, within limits of size and time. */
  fetchScript(url: string): Promise<string>;
}

/** A decision, and where its script comes from. */
export interface SourcedDecision extends PacDecision {
  /** For people, without secrets. */
  readonly from: string;
}

/** Milliseconds after which a script is fetched again. */
const KEPT = 600_000;
/** And when that failed. */
const FAILURE_KEPT = 10_000;

interface Loaded {
  readonly text: string;
  readonly script: PacScript;
  readonly from: string;
}

/** A proxy script that is fetched from the first of some places that has one, and again from time to time. */
export class PacSource {
  private readonly places: () => Promise<readonly string[]> | readonly string[];
  private readonly seams: SourceSeams;
  private readonly limits: PacLimits | undefined;
  private loaded: Loaded | null = null;
  private problem: PacProblem | null = null;
  private until = Number.NEGATIVE_INFINITY;
  private loading: Promise<void> | null = null;

  constructor(places: PacSource['places'], seams: SourceSeams, limits?: PacLimits) {
    this.places = places;
    this.seams = seams;
    this.limits = limits;
  }

  /** Throws or rejects with a {@link PacProblem}. */
  decide(url: Url): SourcedDecision | Promise<SourcedDecision> {
    if (this.seams.clock.now() < this.until) return this.ask(url);
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    return this.loading.then(() => this.ask(url));
  }

  close(): void {
    this.loaded?.script.close();
    this.loaded = null;
    this.until = Number.NEGATIVE_INFINITY;
  }

  private ask(url: Url): SourcedDecision | Promise<SourcedDecision> {
    if (this.loaded === null) throw this.problem!;
    const { script, from } = this.loaded;
    const decision = script.decide(url);
    return 'then' in decision ? decision.then((late) => ({ ...late, from })) : { ...decision, from };
  }

  private async load(): Promise<void> {
    const { clock } = this.seams;
    try {
      const { text, from } = await this.fetchFirst(await this.places());
      // who has not changed keeps what was decided
      if (this.loaded?.text !== text) {
        const script = new PacScript(text, this.seams, this.limits);
        this.close();
        this.loaded = { text, script, from };
      }
      this.until = clock.now() + KEPT;
    } catch (problem) {
      this.problem = problem instanceof PacProblem ? problem : new PacProblem((problem as Error).message);
      // a script that was there goes on
      this.until = clock.now() + FAILURE_KEPT;
    }
  }

  private async fetchFirst(places: readonly string[]): Promise<{ text: string; from: string }> {
    const problems: string[] = [];
    for (const place of places) {
      const from = shownUrl(place);
      try {
        return { text: await this.seams.fetchScript(place), from };
      } catch (problem) {
        problems.push(`${from} (${(problem as Error).message})`);
      }
    }
    const why = problems.length === 0 ? 'there is no place to look for it' : problems.join('; ');
    throw new PacProblem(`the proxy script cannot be fetched: ${why}`);
  }
}

/** Without what may be secret: user name, password and query; a script in a data URL is not shown. */
export function shownUrl(text: string): string {
  const url = Url.parse(text);
  if (url.scheme === 'data') return 'data:…';
  if (!url.valid) return '(no URL)';
  const bare = Url.from({ ...url, userInfo: null, query: null, fragment: null }).href;
  return url.query === null ? bare : `${bare}?…`;
}

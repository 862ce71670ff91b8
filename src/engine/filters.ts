import type { HeaderList } from '../base/header-list.ts';
import type { Failure } from '../contract/failure.ts';
import { type Filter, FilterPhase, type FilterTarget } from '../contract/filter.ts';

/** The filters that one answer passes, in the order of their phases; the last one's output leaves through `out`. */
export class FilterChain implements Filter {
  private readonly out: FilterTarget;
  private readonly links: Link[] = [];

  constructor(out: FilterTarget) {
    this.out = out;
  }

  /** Puts a filter in behind those of its phase and the ones before. */
  insert(phase: FilterPhase, make: (target: FilterTarget) => Filter): void {
    const { links } = this;
    let at = links.length;
    while (at > 0 && links[at - 1]!.phase > phase) at--;
    const link = new Link(phase, at === 0 ? this.out : links[at - 1]!, links[at] ?? null, this.out);
    link.filter = make(link);
    if (at > 0) links[at - 1]!.next = link;
    const after = links[at];
    if (after !== undefined) after.source = link;
    links.splice(at, 0, link);
  }

  /** Whether bytes come out other than they went in. */
  get changes(): boolean {
    return this.links.some((link) => link.phase === FilterPhase.decoding);
  }

  data(chunk: Uint8Array): void {
    this.links[0]!.filter.data(chunk);
  }

  end(trailers: HeaderList | null): void {
    this.links[0]!.filter.end(trailers);
  }

  cancel(): void {
    for (const { filter } of this.links) filter.cancel();
  }

  /** The reader tells the last filter; the others hear of it from those behind them. */
  pause(): void {
    this.links.at(-1)!.filter.pause();
  }

  resume(): void {
    this.links.at(-1)!.filter.resume();
  }
}

/** One filter in its place: where its output goes, and who is to slow down for it. */
class Link implements FilterTarget {
  filter!: Filter;
  readonly phase: FilterPhase;
  /** Who sends to it: the link before, or the way out when it is the first. */
  source: Link | FilterTarget;
  next: Link | null;
  private readonly out: FilterTarget;

  constructor(phase: FilterPhase, source: Link | FilterTarget, next: Link | null, out: FilterTarget) {
    this.phase = phase;
    this.source = source;
    this.next = next;
    this.out = out;
  }

  data(chunk: Uint8Array): void {
    if (this.next === null) this.out.data(chunk);
    else this.next.filter.data(chunk);
  }

  end(trailers: HeaderList | null): void {
    if (this.next === null) this.out.end(trailers);
    else this.next.filter.end(trailers);
  }

  fail(failure: Failure): void {
    this.out.fail(failure);
  }

  pause(): void {
    if (this.source instanceof Link) this.source.filter.pause();
    else this.source.pause();
  }

  resume(): void {
    if (this.source instanceof Link) this.source.filter.resume();
    else this.source.resume();
  }
}

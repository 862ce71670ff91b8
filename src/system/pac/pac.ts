import type { Url } from '../../base/url.ts';
import { bracketed } from '../../base/url-authority.ts';
import type { Clock } from '../../contract/clock.ts';
import { readPacResult } from '../../rules/proxy/pac-result.ts';
import type { ProxyServer } from '../../rules/proxy/proxy-url.ts';
import type { PacLimits, PacOutcome, PacRunner } from './calls.ts';
import { PacThread } from './thread.ts';

/** What a script needs of the world. */
export interface PacSeams {
  readonly clock: Clock;
  /** Addresses of a name; empty or rejected when it has none. */
  lookup(name: string): Promise<readonly string[]>;
  /** Addresses of this machine, the best first. */
  own(): readonly string[];
  /** Who runs the script; by default a thread of its own. */
  readonly runner?: (script: string, limits: PacLimits) => PacRunner;
}

/** What a script has decided. */
export interface PacDecision {
  readonly ways: readonly (ProxyServer | null)[];
  /** As the script returned it. */
  readonly text: string;
  readonly alerts: readonly string[];
}

/** A script gave no usable answer. The message says why and has no secrets. */
export class PacProblem extends Error {}

export const PAC_LIMITS: PacLimits = Object.freeze({ memory: 16 * 1_048_576, time: 1000 });
/** Characters of a script. */
export const LONGEST_SCRIPT = 1_048_576;

/** Names that one decision may ask for. */
const MOST_NAMES = 20;
/** Milliseconds that look-ups of one decision may take in all; names that are not known by then have no address. */
const LOOKING_UP = 10_000;
/** Milliseconds that decisions are kept, and failures. */
const KEPT = 60_000;
const FAILURE_KEPT = 10_000;
const MOST_KEPT = 256;

interface Kept {
  readonly until: number;
  readonly decision: PacDecision | PacProblem;
}

/** A proxy script (PAC) and what it has decided lately, by scheme, host and port. */
export class PacScript {
  private readonly seams: PacSeams;
  private readonly limits: PacLimits;
  private readonly runner: PacRunner;
  private readonly kept = new Map<string, Kept>();
  private readonly asked = new Map<string, Promise<PacDecision>>();

  constructor(script: string, seams: PacSeams, limits: PacLimits = PAC_LIMITS) {
    if (script.length > LONGEST_SCRIPT) throw new PacProblem(`the proxy script is longer than ${LONGEST_SCRIPT} characters`);
    this.seams = seams;
    this.limits = limits;
    this.runner = seams.runner?.(script, limits) ?? new PacThread(script, limits, seams.clock);
  }

  /**
   * What the script says about a URL, of which it learns scheme, host and port only. At once when it was asked lately; those who ask for
   * the same meanwhile share the answer. Rejects or throws with a {@link PacProblem}.
   */
  decide(url: Url): PacDecision | Promise<PacDecision> {
    const target = strippedUrl(url);
    const kept = this.kept.get(target);
    if (kept !== undefined && this.seams.clock.now() < kept.until) {
      if (kept.decision instanceof PacProblem) throw kept.decision;
      return kept.decision;
    }
    const under = this.asked.get(target) ?? this.keep(target, this.find(target, url.host ?? ''));
    this.asked.set(target, under);
    return under;
  }

  close(): void {
    this.runner.close();
  }

  private async keep(target: string, finding: Promise<PacDecision>): Promise<PacDecision> {
    const decision = await finding.catch((problem: unknown) => asProblem(problem));
    const failed = decision instanceof PacProblem;
    this.asked.delete(target);
    this.kept.delete(target);
    // the oldest goes
    if (this.kept.size >= MOST_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(target, { until: this.seams.clock.now() + (failed ? FAILURE_KEPT : KEPT), decision });
    if (failed) throw decision;
    return decision;
  }

  private async find(url: string, host: string): Promise<PacDecision> {
    const { clock } = this.seams;
    const known = new Map<string, readonly string[]>();
    const own = this.seams.own();
    const now = clock.wall();
    const lookUpsEnd = clock.now() + LOOKING_UP;
    for (;;) {
      const outcome = await this.runner.run({ url, host, known, own, now, time: this.limits.time });
      if (outcome.kind !== 'wants') return decisionOf(outcome);
      if (known.size >= MOST_NAMES) throw new PacProblem(`the proxy script asks for more than ${MOST_NAMES} names`);
      known.set(outcome.name, await this.addressesOf(outcome.name, lookUpsEnd - clock.now()));
    }
  }

  /** A name that takes too long has no address, as for the script everything must be known when it runs. */
  private addressesOf(name: string, time: number): Promise<readonly string[]> {
    if (time <= 0) return Promise.resolve([]);
    return new Promise((done) => {
      const timer = this.seams.clock.after(time, () => done([]), true);
      const found = (addresses: readonly string[]): void => {
        timer.cancel();
        done(addresses);
      };
      this.seams.lookup(name).then(found, () => found([]));
    });
  }
}

/** `scheme://host/`, with the port where it is not that of the scheme: many scripts compare with just this. */
function strippedUrl(url: Url): string {
  const usual = { http: 80, https: 443, ftp: 21 }[url.scheme];
  const port = url.port < 0 || url.port === usual ? '' : `:${url.port}`;
  return `${url.scheme}://${bracketed(url.host ?? '')}${port}/`;
}

function decisionOf(outcome: Exclude<PacOutcome, { kind: 'wants' }>): PacDecision {
  if (outcome.kind === 'problem') throw new PacProblem(`the proxy script failed: ${outcome.message}`);
  const { ways, unreadable } = readPacResult(outcome.text);
  if (ways.length === 0) throw new PacProblem(`the proxy script returned nothing that can be read: ${shown(unreadable[0]!)}`);
  return { ways, text: outcome.text, alerts: outcome.alerts };
}

function shown(entry: string): string {
  // it may hold a password, where none should be
  return entry.replace(/\S*@/g, '…@').slice(0, 80);
}

function asProblem(problem: unknown): PacProblem {
  return problem instanceof PacProblem ? problem : new PacProblem(`the proxy script failed: ${(problem as Error).message}`);
}

import { judge, type Verdict } from './judge.ts';
import { readWithNode } from './node-client.ts';
import { readWithOurs } from './ours.ts';
import { sample } from './samples.ts';

export { sample } from './samples.ts';

export interface Finding {
  readonly index: number;
  readonly kind: string;
  readonly why: string;
}

/** What a run found. */
export interface Report {
  samples: number;
  /** Requests by what became of them: the kind, and the rule where there is one. */
  readonly counts: Map<string, number>;
  /** Laxer or not explained. */
  readonly findings: Finding[];
}

/** On Node.js 20 some of these end the process in `node:http2`, so ours are read alone there: it must close, and tell each request one end. */
export const COMPARES: boolean = Number(process.versions.node.split('.')[0]) >= 22;

/** Judges the samples `from` up to and without `to` of the run with this seed. */
export async function campaign(
  seed: number,
  from: number,
  to: number,
  { compare = COMPARES, progress = () => {} }: { compare?: boolean; progress?: (done: number) => void } = {},
): Promise<Report> {
  const report: Report = { samples: 0, counts: new Map(), findings: [] };
  for (let index = from; index < to; index++) {
    const one = sample(seed, index);
    const ours = await readWithOurs(one).catch((error: unknown) => {
      throw new Error(`sample ${index} of seed ${seed}`, { cause: error });
    });
    const node = compare ? await readWithNode(one) : [];
    ours.forEach((outcome, at) => {
      const theirs = node[at];
      if (theirs !== undefined) note(report, judge(one, ours, at, theirs), index);
      else count(report, outcome.answered ? 'answered' : 'failed');
    });
    progress(++report.samples);
  }
  return report;
}

function note(report: Report, verdict: Verdict, index: number): void {
  if ('rule' in verdict) count(report, `${verdict.kind}: ${verdict.rule}`);
  else count(report, verdict.kind);
  if ('why' in verdict) report.findings.push({ index, kind: verdict.kind, why: verdict.why });
}

function count({ counts }: Report, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

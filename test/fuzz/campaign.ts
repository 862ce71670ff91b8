import { judge, type Verdict } from './judge.ts';
import { type Sample, sample } from './responses.ts';

export { sample } from './responses.ts';

export interface Finding {
  readonly index: number;
  readonly sample: Sample;
  readonly why: string;
}

/** What a run found. */
export interface Report {
  count: number;
  /** Both read the answer, with the same result. */
  bothRead: number;
  bothRefused: number;
  /** How often each rule of the table was the reason, by rule. */
  readonly stricter: Map<string, number>;
  readonly licensed: Map<string, number>;
  readonly laxer: Finding[];
  readonly unexplained: Finding[];
}

const BATCH = 250;

/** Judges the answers `from` up to and without `to` of the run with this seed. */
export async function campaign(
  seed: number,
  from: number,
  to: number,
  progress: (done: number) => void = () => {},
): Promise<Report> {
  const report: Report = {
    count: 0,
    bothRead: 0,
    bothRefused: 0,
    stricter: new Map(),
    licensed: new Map(),
    laxer: [],
    unexplained: [],
  };
  for (let start = from; start < to; start += BATCH) {
    const samples: Sample[] = [];
    for (let index = start; index < Math.min(start + BATCH, to); index++) samples.push(sample(seed, index));
    const verdicts = await judge(samples);
    verdicts.forEach((verdict, i) => {
      note(report, verdict, start + i, samples[i]!);
    });
    progress(report.count);
  }
  return report;
}

function note(report: Report, verdict: Verdict, index: number, sample: Sample): void {
  report.count++;
  if (verdict.kind === 'agreed') {
    if (verdict.read) report.bothRead++;
    else report.bothRefused++;
  } else if (verdict.kind === 'stricter' || verdict.kind === 'licensed') {
    const by = report[verdict.kind];
    by.set(verdict.rule, (by.get(verdict.rule) ?? 0) + 1);
  } else report[verdict.kind].push({ index, sample, why: verdict.why });
}

export function sum(by: ReadonlyMap<string, number>): number {
  let n = 0;
  for (const count of by.values()) n += count;
  return n;
}

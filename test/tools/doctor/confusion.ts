import { type Diagnosis, diagnose, diagnosisText, type FindingCode } from '../../../src/doctor.ts';
import { Ground, type Setup } from './ground.ts';

/** What was found of one set-up. */
export interface Result {
  readonly setup: Setup;
  readonly found: readonly FindingCode[];
  /** What a person would stumble over, whatever was found. */
  readonly faults: readonly string[];
}

/** Makes a set-up, looks at it, and takes it down. */
export async function lookAt(setup: Setup): Promise<Result> {
  const ground = new Ground();
  try {
    const { url, options } = await setup.make(ground);
    const diagnosis = await diagnose(url, options);
    return { setup, found: diagnosis.findings.map(({ code }) => code), faults: faultsOf(diagnosis) };
  } catch (error) {
    // it counts, too
    return { setup, found: [], faults: [String(error)] };
  } finally {
    await ground.clear();
  }
}

/** A name that was not filled in. */
const HOLE = /(?<!\$)\{\w+\}|\bundefined\b|(?<!\S)…/;

function faultsOf(diagnosis: Diagnosis): string[] {
  const { works, findings } = diagnosis;
  const lines = findings.flatMap(({ what, fix }) => [what, fix.words, fix.code ?? '', fix.option ?? '']);
  return [
    ...lines.filter((line) => HOLE.test(line)).map((line) => `has a hole: ${line}`),
    ...(works === findings.every(({ severity }) => severity === 'warning') ? [] : ['works, and does not']),
    ...findings
      .filter(({ severity, seen }) => severity === 'error' && seen.length === 0 && diagnosis.trips.length > 0)
      .map(({ code }) => `${code}: nothing says so`),
    ...(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(diagnosisText(diagnosis)) ? ['steers a terminal'] : []),
  ];
}

export const isRight = ({ setup, found, faults }: Result): boolean =>
  setup.expected.join() === found.join() && faults.length === 0;

const share = (right: number, of: number): string => `${right} (${((right / Math.max(1, of)) * 100).toFixed(1)} %)`;

/** Which diagnoses were expected (rows) and made (columns); those that are always right are counted in a line. `afterwards` are counted in another. */
export function confusions(results: readonly Result[], afterwards: ReadonlySet<Setup> = new Set()): string {
  const name = (codes: readonly string[]): string => codes.join(' + ') || '(nothing)';
  const broken = results.filter(({ setup }) => setup.expected.length > 0);
  const healthy = results.filter(({ setup }) => setup.expected.length === 0);
  const right = broken.filter(isRight);
  const wrong = results.filter((result) => !isRight(result));
  const lines = wrong.map(
    ({ setup, found, faults }) =>
      `  ${name(setup.expected).padEnd(32)}  ${name(found).padEnd(32)}  ${[setup.name, ...faults].join('; ')}`,
  );
  const after = broken.filter(({ setup }) => afterwards.has(setup));
  const codes = new Set(broken.flatMap(({ setup }) => setup.expected));
  return [
    `broken set-ups: ${broken.length}, with ${codes.size} diagnoses; right ${share(right.length, broken.length)}`,
    `of them made after the code: ${after.length}; right ${share(after.filter(isRight).length, after.length)}`,
    `healthy set-ups: ${healthy.length}; false alarms ${healthy.filter((result) => !isRight(result)).length}`,
    ...(lines.length === 0 ? ['no confusions'] : [`  ${'expected'.padEnd(32)}  ${'found'.padEnd(32)}  set-up`, ...lines]),
  ].join('\n');
}

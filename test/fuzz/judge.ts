import { LICENCES, repaired } from './licences.ts';
import { Waiting } from './node-parser.ts';
import { readWithOurs } from './ours.ts';
import { difference, type Outcome } from './outcome.ts';
import type { Sample } from './responses.ts';
import { STRICTNESS } from './strictness.ts';

export type Verdict =
  | { readonly kind: 'agreed'; readonly read: boolean }
  /** We refuse, or close the connection, where Node's strict parser does not. */
  | { readonly kind: 'stricter'; readonly rule: string }
  /** We read a form that Node's strict parser refuses, and what it makes of the same answer in strict form is the same. */
  | { readonly kind: 'licensed'; readonly rule: string }
  | { readonly kind: 'laxer' | 'unexplained'; readonly why: string };

const BOTH_READ: Verdict = { kind: 'agreed', read: true };
const BOTH_REFUSED: Verdict = { kind: 'agreed', read: false };

export function piecesOf(sample: Pick<Sample, 'text' | 'cuts'>): Buffer[] {
  const all = Buffer.from(sample.text, 'latin1');
  const at = [0, ...sample.cuts, all.length];
  return at.slice(1).map((end, i) => all.subarray(at[i]!, end));
}

/** Judges answers one by one against Node's parser, strict and lenient. */
export async function judge(samples: readonly Sample[]): Promise<Verdict[]> {
  const ready = samples.map((sample) => {
    const strict = repaired(sample.text);
    return {
      sample,
      strict: new Waiting(sample.method, false),
      lenient: new Waiting(sample.method, true),
      repaired: strict,
      strictForm: strict.used.length === 0 ? null : new Waiting(sample.method, false),
    };
  });
  await new Promise((turn) => setImmediate(turn));
  return ready.map((one) => {
    const pieces = piecesOf(one.sample);
    return verdict(one.sample, {
      ours: readWithOurs(one.sample.method, pieces),
      strict: one.strict.read(pieces),
      lenient: one.lenient.read(pieces),
      used: one.repaired.used,
      strictForm: one.strictForm?.read([Buffer.from(one.repaired.text, 'latin1')]) ?? null,
    });
  });
}

interface Readings {
  readonly ours: Outcome;
  readonly strict: Outcome;
  readonly lenient: Outcome;
  /** The licences of the answer. */
  readonly used: readonly string[];
  /** What the strict parser makes of the answer without them. */
  readonly strictForm: Outcome | null;
}

function verdict(sample: Sample, readings: Readings): Verdict {
  const { ours, strict } = readings;
  const cut = cutMatters(sample, ours);
  if (cut !== '') return { kind: 'unexplained', why: cut };
  if (!ours.accepted) return strict.accepted ? refusedByUs(sample, readings) : BOTH_REFUSED;
  if (!strict.accepted) return readByUs(sample, readings);
  const differs = difference(ours, strict);
  if (differs !== '') return readings.used.length > 0 ? readByUs(sample, readings) : { kind: 'unexplained', why: differs };
  const kept = reuse(sample, ours, strict);
  // Node did not see why the connection may be kept; in strict form it does
  if (kept?.kind === 'laxer' && readings.strictForm?.reusable === true)
    return { kind: 'licensed', rule: readings.used.join(' + ') };
  return kept ?? BOTH_READ;
}

/** The same octets must mean the same however they are cut. */
function cutMatters(sample: Sample, ours: Outcome): string {
  const whole = Buffer.from(sample.text, 'latin1');
  const cuts = [[whole], Array.from(whole, (_, i) => whole.subarray(i, i + 1))];
  for (const pieces of cuts) {
    const other = readWithOurs(sample.method, pieces);
    if (!ours.accepted && !other.accepted) continue;
    const differs = ours.accepted !== other.accepted ? `refused${ours.why}${other.why}` : difference(ours, other);
    if (differs !== '' || ours.reusable !== other.reusable) return `cut differently: ${differs}`;
  }
  return '';
}

function refusedByUs(sample: Sample, { ours, used, strictForm }: Readings): Verdict {
  // Node read it as something else, for want of a licence; in strict form it refuses it too
  if (strictForm?.accepted === false) return { kind: 'stricter', rule: used.join(' + ') };
  const rule = STRICTNESS.find(({ says }) => says?.test(ours.why));
  if (rule === undefined) return { kind: 'unexplained', why: `refused: ${ours.why}` };
  if (!rule.shows(sample.text))
    return { kind: 'unexplained', why: `refused by ${rule.id}, which the answer does not show: ${ours.why}` };
  return { kind: 'stricter', rule: rule.id };
}

function readByUs(sample: Sample, { ours, strict, lenient, used, strictForm }: Readings): Verdict {
  const licences = LICENCES.filter(({ id }) => used.includes(id));
  const first = licences[0];
  if (first === undefined || strictForm === null) return { kind: 'laxer', why: `read by us, refused by Node: ${strict.why}` };
  if (!strictForm.accepted) return { kind: 'laxer', why: `read by us, refused by Node even without ${used}: ${strictForm.why}` };
  const differs = difference(comparable(ours), comparable(strictForm));
  if (differs !== '') return { kind: 'unexplained', why: `without ${used}: ${differs}` };
  if (licences.every(({ lenientNode }) => lenientNode) && !lenient.accepted)
    return { kind: 'laxer', why: `refused by Node even with insecureHTTPParser: ${lenient.why}` };
  const kept = reuse(sample, ours, strictForm);
  if (kept?.kind === 'laxer') return kept;
  // to close is part of this licence
  if (kept?.kind === 'unexplained' && !used.includes('coding-over-length')) return kept;
  return { kind: 'licensed', rule: used.join(' + ') };
}

/** Without what the strict form writes otherwise: Content-Length, and tabs inside of Connection. */
function comparable(outcome: Outcome): Outcome {
  const fields: string[] = [];
  for (let i = 0; i < outcome.fields.length; i += 2) {
    const name = outcome.fields[i]!;
    const value = outcome.fields[i + 1]!;
    if (/^connection$/i.test(name)) fields.push(name, value.replace(/[ \t]*\t[ \t]*(?=,)/g, ''));
    else if (!/^content-length$/i.test(name)) fields.push(name, value);
  }
  return { ...outcome, fields };
}

/** Whether the connection is kept afterwards. */
function reuse(sample: Sample, ours: Outcome, node: Outcome): Verdict | null {
  if (ours.reusable === node.reusable) return null;
  if (ours.reusable)
    return sample.method === 'HEAD' ? { kind: 'licensed', rule: 'head-keeps' } : { kind: 'laxer', why: 'the connection is kept' };
  const rule = STRICTNESS.find(({ says, shows }) => says === null && shows(sample.text));
  return rule === undefined ? { kind: 'unexplained', why: 'the connection is closed' } : { kind: 'stricter', rule: rule.id };
}

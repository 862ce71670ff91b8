import type { Outcome } from './outcome.ts';
import type { Sample } from './samples.ts';

export type Verdict =
  | { readonly kind: 'both answered' | 'both failed' }
  /** We refuse, or read otherwise, or go on, for a reason that has a name. */
  | { readonly kind: 'stricter' | 'licensed'; readonly rule: string }
  | { readonly kind: 'laxer' | 'unexplained'; readonly why: string };

/** Where we fail what Node answers, by what we say. */
const STRICTER: readonly (readonly [said: RegExp, rule: string])[] = [
  [/a push, which we have forbidden/, 'nothing may be pushed: Node has not said so'],
  [/octets that are not allowed/, 'RFC 9113 8.2.1: Node drops such a field and the answer is good without it'],
  [/on stream \d+, which is closed/, 'RFC 9113 5.1: what comes behind the end of a stream; Node passes over it'],
  [/a frame of type 2 on stream 0/, 'RFC 9113 6.3: a PRIORITY on no stream; Node passes over it'],
  [/closed the connection before the answer was complete/, 'cut off: for Node an answer is complete when the connection ends'],
  [/gave the stream up|canceled the stream/, 'cut off: for Node an answer is complete when it is reset with NO_ERROR or CANCEL'],
  [/does not begin with its settings/, 'RFC 9113 3.4: the first frame is SETTINGS, and no answer to ours'],
  [/a body without a head/, 'RFC 9113 8.1: an empty DATA frame before the head; Node passes over it'],
  [/in its trailers/, 'RFC 9110 6.5.1: a length in trailers, as in HTTP/1.1'],
  [/than its padding|without its padding/, 'RFC 9113 6.1: more padding than frame; Node passes over it on some streams'],
  [/which nobody opened/, 'RFC 9113 5.1: a frame on an idle stream; Node passes over it'],
  [
    /beyond its limit|a window that opens by nothing/,
    'RFC 9113 6.9: a bad window of a stream ends the connection here, in Node its stream',
  ],
];

/** Where we answer what Node fails. */
function licence(sample: Sample, ours: readonly Outcome[], at: number, node: Outcome): string | null {
  const one = ours[at]!;
  const has = (start: string): boolean => sample.frames.some((frame) => frame.startsWith(start));
  if (node.broken && one.broken) return 'both end the connection; ours had told the answer before';
  if (has('cut ') && node.broken)
    return 'the connection ends inside a frame: here no more of it is looked at than what came whole';
  if (has('interim ')) return 'RFC 9110 8.6: a length in an interim answer';
  const lengths = one.fields.filter((_, i) => one.fields[i - 1] === 'content-length' && i % 2 === 1);
  if (lengths.length > 1 || /,/.test(lengths[0] ?? '')) return 'RFC 9110 8.6: the same length said twice';
  if (lengths.length > 0 && one.status === 204) return 'RFC 9110 8.6: a length where there is no body';
  // flags with the lowest bit set
  const acks = sample.frames.filter((frame) => /^[46] \d*[13579] /.test(frame));
  if (acks.length > 1) return 'an answer to settings or a ping that nobody has sent: a frame without use here, an error in Node';
  if (has('7 ')) return 'RFC 9113 6.8: a farewell with an error ends nothing up to its last stream; in Node it ends all at once';
  if (node.broken && ours.some(({ why }) => why.startsWith('the server broke HTTP/2')))
    return 'what is wrong with one stream ends that stream here, in Node the connection';
  return null;
}

/** What became of the request at this place, by both. */
export function judge(sample: Sample, ours: readonly Outcome[], at: number, node: Outcome): Verdict {
  const one = ours[at]!;
  if (one.answered && node.answered) {
    if (told(one) === told(node)) return { kind: 'both answered' };
    if (told(one, true) === told(node)) return { kind: 'licensed', rule: 'Node takes Content-Length: 0 out of a 204' };
    if (/[\x01-\x1f\x7f]/.test([...one.fields, ...one.trailers].join('')))
      return { kind: 'licensed', rule: 'RFC 9113 8.2.1: control characters but NUL, CR and LF; Node drops such a field' };
    return { kind: 'unexplained', why: `${told(one)} here, ${told(node)} in Node` };
  }
  if (!one.answered && !node.answered) return { kind: 'both failed' };
  if (one.answered) {
    const rule = licence(sample, ours, at, node);
    return rule === null ? { kind: 'laxer', why: `answered here, in Node ${node.why}` } : { kind: 'licensed', rule };
  }
  const rule = STRICTER.find(([said]) => said.test(one.why))?.[1] ?? cutOff(sample);
  return rule === undefined ? { kind: 'unexplained', why: `answered in Node, here: ${one.why}` } : { kind: 'stricter', rule };
}

function cutOff({ frames }: Sample): string | undefined {
  const ends = frames.some((frame) => /^[37] /.test(frame));
  return ends
    ? 'cut off: for Node an answer is complete when its connection ends behind a farewell, or its stream by a reset'
    : undefined;
}

function told({ status, fields, body, trailers }: Outcome, bare = false): string {
  const kept = bare && status === 204 ? fields.filter((_, i) => fields[i - (i % 2)] !== 'content-length') : fields;
  return JSON.stringify({ status, fields: kept, body, trailers });
}

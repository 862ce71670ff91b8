/** What a parser made of an answer and the end of the connection behind it. Text is Latin-1. */
export interface Outcome {
  /** The answer was read to its proper end. */
  readonly accepted: boolean;
  /** It ended before the connection did. */
  readonly early: boolean;
  readonly interims: readonly number[];
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** name, value, name, value … */
  readonly fields: readonly string[];
  readonly trailers: readonly string[];
  readonly body: string;
  /** The connection may carry another exchange. */
  readonly reusable: boolean;
  /** Why it was refused, when the parser said so. */
  readonly why: string;
}

/** What two parsers that both accepted an answer disagree about; '' when nothing. Whether the connection is kept is judged apart. */
export function difference(a: Outcome, b: Outcome): string {
  if (a.status !== b.status) return `status ${a.status} against ${b.status}`;
  if (a.version !== b.version) return `version ${a.version} against ${b.version}`;
  if (a.reason !== b.reason) return `reason ${JSON.stringify(a.reason)} against ${JSON.stringify(b.reason)}`;
  if (a.early !== b.early) return `ended ${a.early ? 'before' : 'with'} the connection against ${b.early ? 'before' : 'with'} it`;
  if (a.body !== b.body) return `body ${JSON.stringify(a.body)} against ${JSON.stringify(b.body)}`;
  if (a.interims.join() !== b.interims.join()) return `interim answers ${a.interims} against ${b.interims}`;
  const fields = JSON.stringify(a.fields);
  if (fields !== JSON.stringify(b.fields)) return `fields ${fields} against ${JSON.stringify(b.fields)}`;
  const trailers = JSON.stringify(a.trailers);
  if (trailers !== JSON.stringify(b.trailers)) return `trailers ${trailers} against ${JSON.stringify(b.trailers)}`;
  return '';
}

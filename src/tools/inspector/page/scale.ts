/** A piece of time that a waterfall shows, in microseconds. */
export interface Scale {
  readonly from: number;
  readonly span: number;
  /** Between two lines. */
  readonly step: number;
}

/** A scale with even numbers around what is to be shown. */
export function scaleOf(from: number, to: number): Scale {
  const step = niceStep(Math.max(to - from, 1000) / 5);
  const begin = Math.floor(from / step) * step;
  return { from: begin, span: Math.max(1, Math.ceil((to - begin) / step)) * step, step };
}

/** The next of 1, 2, 5, 10, 20 … */
export function niceStep(least: number): number {
  const size = 10 ** Math.floor(Math.log10(least));
  for (const factor of [1, 2, 5, 10]) if (factor * size >= least * 0.999_999) return factor * size;
  return 10 * size;
}

/** Where a moment is, in percent. */
export function at(scale: Scale, moment: number): number {
  return ((moment - scale.from) / scale.span) * 100;
}

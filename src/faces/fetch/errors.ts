import { lateHints } from '../../api/advice/late.ts';
import type { Url } from '../../base/url.ts';
import type { Failure, FailureKind, Phase } from '../../contract/failure.ts';

/** What Node.js calls it, where the system has not said so itself. */
const CODES: Partial<Record<FailureKind, string>> = {
  refused: 'ECONNREFUSED',
  closed: 'ECONNRESET',
  'not-found': 'ENOTFOUND',
  timeout: 'ETIMEDOUT',
  'proxy-refused': 'ECONNREFUSED',
  'proxy-closed': 'ECONNRESET',
  'proxy-not-found': 'ENOTFOUND',
  'proxy-timeout': 'ETIMEDOUT',
};

/** Why a fetch has failed: the `cause` of the TypeError that it rejects with. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  /** The family of the failure, such as `refused`, `tls` or `timeout`. */
  readonly kind: FailureKind;
  /** Where in the life of the request it happened. */
  readonly phase: Phase;
  /** As the system or Node.js names it, such as `ECONNREFUSED`; else `QNETWORK_` and the kind. */
  readonly code: string;
  /** All that is known, without secrets. */
  readonly failure: Failure;
  readonly #url: Url | null;

  /** @internal `url` is where the request went, if it went anywhere. */
  constructor(failure: Failure, url: Url | null = null) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.kind = failure.kind;
    this.phase = failure.phase;
    this.code = codeOf(failure);
    this.failure = failure;
    this.#url = url;
  }

  /** What to do about it, in a sentence; '' where nobody knows. */
  get hint(): string {
    const url = this.#url;
    return (url && lateHints()?.hintFor(this.failure, 0, { scheme: url.scheme, host: url.host ?? '' })) ?? '';
  }
}

function codeOf({ cause, kind }: Failure): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') return code;
  return CODES[kind] ?? `QNETWORK_${kind.toUpperCase().replaceAll('-', '_')}`;
}

/** What the standard calls a network error. */
export function networkError(failure: Failure, url: Url | null = null): TypeError {
  return new TypeError('fetch failed', { cause: new FetchError(failure, url) });
}

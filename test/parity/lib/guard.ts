import { createHash } from 'node:crypto';
import type { ChallengeScript } from './types.ts';

/** What a guard says of the credentials of a request. */
export type Verdict = 'absent' | 'valid' | 'invalid' | 'invalid:response' | 'invalid:other';

/** What it was asked of a request. */
export interface Presented {
  readonly method: string;
  readonly target: string;
  /** The value of Authorization or Proxy-Authorization. */
  readonly credentials: string | undefined;
}

/** Stands before a route or a proxy: offers challenges and lets in who answers one of them. */
export class Guard {
  readonly #offers: readonly ChallengeScript[];
  /** Those handed out. The recordings have them by their number, so that a trace can be compared. */
  readonly #nonces = new Set<string>();

  constructor(script: ChallengeScript | readonly ChallengeScript[]) {
    this.#offers = [script].flat();
  }

  /** One value of WWW-Authenticate or Proxy-Authenticate for each way to get in. */
  challenges(): string[] {
    return this.#offers.map((offer) => {
      if (offer.scheme === 'basic') return offer.raw ?? `Basic realm="${offer.realm}"`;
      if (offer.scheme === 'bearer') return `Bearer realm="${offer.realm}"`;
      const nonce = `nonce-${this.#nonces.size + 1}`;
      this.#nonces.add(nonce);
      const { realm, qop, algorithm } = offer;
      return [
        `Digest realm="${realm}", nonce="${nonce}"`,
        ...(qop === undefined ? [] : [`qop="${qop}"`]),
        ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ].join(', ');
    });
  }

  judge(presented: Presented): Verdict {
    const { credentials } = presented;
    if (credentials === undefined) return 'absent';
    const verdicts = this.#offers.map((offer): Verdict => {
      if (offer.scheme === 'digest') return this.#judgeDigest(offer, presented);
      return credentials === expected(offer) ? 'valid' : 'invalid';
    });
    return verdicts.find((v) => v === 'valid') ?? verdicts.find((v) => v !== 'invalid') ?? 'invalid';
  }

  /** RFC 7616 3.4.1, and RFC 2069 where no qop is agreed. */
  #judgeDigest(offer: Extract<ChallengeScript, { scheme: 'digest' }>, { method, target, credentials = '' }: Presented): Verdict {
    if (!/^digest /i.test(credentials)) return 'invalid';
    const said = new Map<string, string>();
    for (const [, name, quoted, plain] of credentials.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g))
      said.set(name!, quoted?.replace(/\\(.)/g, '$1') ?? plain!);
    const [nonce, nc, cnonce, qop, uri] = ['nonce', 'nc', 'cnonce', 'qop', 'uri'].map((name) => said.get(name) ?? '');
    let key = md5(`${offer.user}:${offer.realm}:${offer.password}`);
    if (offer.algorithm === 'MD5-sess') key = md5(`${key}:${nonce}:${cnonce}`);
    const what = md5(`${method}:${uri}`);
    const response = md5(qop === '' ? `${key}:${nonce}:${what}` : `${key}:${nonce}:${nc}:${cnonce}:${qop}:${what}`);
    if (said.get('response') !== response) return 'invalid:response';
    const fits = said.get('username') === offer.user && this.#nonces.has(nonce!) && uri === target;
    return fits ? 'valid' : 'invalid:other';
  }
}

function expected(offer: Exclude<ChallengeScript, { scheme: 'digest' }>): string {
  if (offer.scheme === 'bearer') return `Bearer ${offer.token}`;
  return `Basic ${Buffer.from(`${offer.user}:${offer.password}`, offer.charset ?? 'utf8').toString('base64')}`;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

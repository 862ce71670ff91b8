import { createHash, randomBytes } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { SeenRequest } from './incoming.ts';
import type { Route } from './server.ts';

/** What a server holds against an answer; 'valid' = nothing. */
export type Verdict = 'absent' | 'valid' | string;

export interface Users {
  readonly [user: string]: string;
}

const page = (request: SeenRequest): Answer => ({ body: `in ${request.body.length}` });

/** A strict Basic, of a 401 that says what `more` says. */
export function basicRoute(users: Users, realm = 'R', more: Partial<Answer> = {}): Route {
  return (request) => {
    const [, coded = ''] = /^Basic (\S+)$/.exec(request.header('authorization') ?? '') ?? [];
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(coded, 'base64').toString('utf8')) ?? [];
    if (coded !== '' && users[user] === password) return page(request);
    return { status: 401, headers: { 'WWW-Authenticate': `Basic realm="${realm}"` }, body: 'who are you', ...more };
  };
}

export interface DigestSettings {
  readonly users: Users;
  readonly realm?: string;
  readonly algorithm?: string;
  readonly qop?: string;
  readonly more?: string;
  /** A nonce is good for so many requests. */
  readonly uses?: number;
  /** Says `stale` to whoever had the password right. */
  readonly saysStale?: boolean;
  /** Each answer brings the next nonce along. */
  readonly next?: boolean;
}

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** A strict Digest: nonces of its own, every count once, every hash recomputed. */
export class DigestServer {
  readonly verdicts: Verdict[] = [];
  /** Counts seen, by nonce. */
  readonly counts = new Map<string, number[]>();
  readonly #settings: DigestSettings;

  constructor(settings: DigestSettings) {
    this.#settings = settings;
  }

  get route(): Route {
    return (request) => this.#answer(request);
  }

  #nonce(): string {
    const nonce = randomBytes(12).toString('hex');
    this.counts.set(nonce, []);
    return nonce;
  }

  #answer(request: SeenRequest): Answer {
    const verdict = this.#judge(request);
    this.verdicts.push(verdict);
    const { next = false } = this.#settings;
    if (verdict === 'valid')
      return { ...page(request), ...(next ? { headers: { 'Authentication-Info': `nextnonce="${this.#nonce()}"` } } : {}) };
    const { realm = 'D', algorithm = '', qop = 'auth', more = '', saysStale = true } = this.#settings;
    const parts = [`realm="${realm}"`, `nonce="${this.#nonce()}"`];
    if (algorithm !== '') parts.push(`algorithm=${algorithm}`);
    if (qop !== '') parts.push(`qop="${qop}"`);
    if (verdict === 'stale' && saysStale) parts.push('stale=true');
    if (more !== '') parts.push(more);
    return { status: 401, headers: { 'WWW-Authenticate': `Digest ${parts.join(', ')}` }, body: verdict };
  }

  #judge(request: SeenRequest): Verdict {
    const text = request.header('authorization');
    if (text === undefined) return 'absent';
    const said = new Map<string, string>();
    for (const [, name, quoted, plain] of text.matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g))
      said.set(name!, (quoted ?? plain!).replace(/\\(.)/g, '$1'));
    const get = (name: string): string => said.get(name) ?? '';
    const { users, realm = 'D', algorithm = '', uses = Number.POSITIVE_INFINITY } = this.#settings;
    const [, name, session] = /^(.*?)(-sess)?$/.exec(algorithm || 'MD5')!;
    const h = (data: string | Buffer): string => createHash(HASHES[name!]!).update(data).digest('hex');
    const user = Object.keys(users).find((one) => get('username') === (get('userhash') === 'true' ? h(`${one}:${realm}`) : one));
    if (user === undefined) return 'user';
    if (get('realm') !== realm) return 'realm';
    if (get('uri') !== request.target) return 'uri';
    const counts = this.counts.get(get('nonce'));
    if (counts === undefined) return 'nonce';
    const [nc, cnonce, qop] = [get('nc'), get('cnonce'), get('qop')];
    let key = h(`${user}:${realm}:${users[user]}`);
    if (session !== undefined) key = h(`${key}:${get('nonce')}:${cnonce}`);
    const what = h(`${request.method}:${request.target}${qop === 'auth-int' ? `:${h(request.body)}` : ''}`);
    const expected =
      qop === '' ? h(`${key}:${get('nonce')}:${what}`) : h(`${key}:${get('nonce')}:${nc}:${cnonce}:${qop}:${what}`);
    if (get('response') !== expected) return 'response';
    if (qop !== '') {
      const count = Number.parseInt(nc, 16);
      if (!/^[0-9a-f]{8}$/.test(nc) || counts.includes(count)) return 'count';
      counts.push(count);
    }
    return counts.length > uses ? 'stale' : 'valid';
  }
}

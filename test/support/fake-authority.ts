import type { AuthAnswer, AuthRequest, Conversation, Credentials } from '../../src/contract/auth.ts';
import type { Authority } from '../../src/contract/authority.ts';
import type { ProxyPeer } from '../../src/contract/proxy.ts';

/** One refusal that was told. */
export interface Refusal {
  readonly fields: readonly string[];
  readonly keeps: boolean;
  readonly request: AuthRequest;
}

export interface AuthorityScript {
  /** What is sent unasked. */
  readonly opening?: AuthAnswer | null;
  /** The answer to the nth refusal, from 1; 'never' = it does not come. */
  readonly answer?: (refusal: Refusal, nth: number) => AuthAnswer | null | 'never' | Promise<AuthAnswer | null>;
  readonly known?: Credentials | null;
  /** The answer to the nth question of a SOCKS proxy, from 1. */
  readonly credentials?: (rejected: Credentials | null, nth: number) => Credentials | null | 'never';
}

/** An authority that says what it was told to, and writes down what it hears. */
export class FakeAuthority implements Authority {
  readonly refusals: Refusal[] = [];
  readonly rejected: (Credentials | null)[] = [];
  readonly accepted: (readonly string[])[] = [];
  readonly learnt: Credentials[] = [];
  conversations = 0;
  canceled = 0;
  private readonly script: AuthorityScript;

  constructor(script: AuthorityScript = {}) {
    this.script = script;
  }

  converse(): Conversation {
    this.conversations++;
    return {
      trouble: null,
      opening: () => this.script.opening ?? null,
      refused: (fields, keeps, request, answer) => {
        const refusal = { fields, keeps, request };
        this.refusals.push(refusal);
        const said = this.script.answer?.(refusal, this.refusals.length) ?? null;
        if (said instanceof Promise) void said.then(answer);
        else if (said !== 'never') answer(said);
      },
      accepted: (info) => {
        this.accepted.push(info);
      },
      cancel: () => {
        this.canceled++;
      },
    };
  }

  known(): Credentials | null {
    return this.script.known ?? null;
  }

  askFor(
    _proxy: ProxyPeer,
    rejected: Credentials | null,
    _asker: unknown,
    answer: (credentials: Credentials | null) => void,
  ): () => void {
    this.rejected.push(rejected);
    const said = this.script.credentials?.(rejected, this.rejected.length) ?? null;
    if (said !== 'never') answer(said);
    return () => {
      this.canceled++;
    };
  }

  learned(_proxy: ProxyPeer, credentials: Credentials): void {
    this.learnt.push(credentials);
  }
}

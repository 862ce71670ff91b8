import assert from 'node:assert/strict';
import { QUrl, type TokenRequest, type UrlLike } from '../../index.ts';
import { type ContractCase, casesOf, soon, type Trial } from './case.ts';

/** What a manager takes as its option `tokenSource`. */
export type TestTokenSource = (request: TokenRequest) => string | null | PromiseLike<string | null>;

/** Which token sources are tried, and with what. */
export interface TokenSourceContractOptions {
  /** Makes a source that has a token for `url`. */
  make(): TestTokenSource | Promise<TestTokenSource>;
  /** A server that gets a token. */
  readonly url: UrlLike;
  /** Another server, of somebody else: every server may ask, and this one gets none. Left out, nobody is tried. */
  readonly stranger?: UrlLike;
  /** What the server says about the token it wants; default nothing. */
  readonly realm?: string;
  readonly scope?: readonly string[];
  /** Milliseconds after which a source that does not answer has failed; default 10000. */
  readonly patience?: number;
}

class SourceOnTrial {
  private readonly source: TestTokenSource;
  private readonly options: TokenSourceContractOptions;

  constructor(source: TestTokenSource, options: TokenSourceContractOptions) {
    this.source = source;
    this.options = options;
  }

  /** What is given; '' for none. No message repeats it. */
  async ask(more: { readonly url?: UrlLike; readonly expired?: string } = {}): Promise<string> {
    const { url, realm = '', scope = [], patience } = this.options;
    const { expired = '' } = more;
    const error = expired === '' ? '' : 'invalid_token';
    const request: TokenRequest = { url: new QUrl(more.url ?? url), realm, scope, expired, error };
    const token: unknown = await soon('the token', this.source(request) as unknown, patience);
    assert.ok(typeof token === 'string' || token === null, `the source gave ${typeof token}; a token is text, and null is none`);
    return token ?? '';
  }

  get stranger(): UrlLike {
    return this.options.stranger!;
  }
}

const trials: readonly Trial<SourceOnTrial>[] = [
  {
    name: 'a server that may have a token gets one that can be sent',
    async run(trial) {
      const token = await trial.ask();
      assert.notEqual(token, '', 'there is no token');
      assert.ok(
        /^[\w.~+/-]+=*$/.test(token),
        'the token is none (RFC 6750 2.1); give it as the server gave it, without "Bearer"',
      );
    },
  },
  {
    name: 'a token that was refused is not given again',
    async run(trial) {
      const first = await trial.ask();
      const second = await trial.ask({ expired: first });
      assert.ok(second !== first, 'the token that was refused was given again: look at expired');
    },
  },
  {
    name: 'a token that was renewed is the one from then on',
    async run(trial) {
      const first = await trial.ask();
      const second = await trial.ask({ expired: first });
      const third = await trial.ask();
      assert.ok(third !== first, 'the token that was refused came back');
      assert.ok(second === '' || third !== '', 'the token that was renewed is gone');
    },
  },
  {
    name: 'who asks at the same time gets a token, too',
    async run(trial) {
      const tokens = await Promise.all([trial.ask(), trial.ask(), trial.ask()]);
      assert.ok(!tokens.includes(''), 'one of three who asked at the same time got none');
    },
  },
  {
    name: 'a stranger gets none',
    on: 'stranger',
    async run(trial) {
      assert.ok((await trial.ask({ url: trial.stranger })) === '', 'a stranger got a token: look at url');
      await trial.ask();
      assert.ok((await trial.ask({ url: trial.stranger })) === '', 'a stranger got a token after somebody else: look at url');
    },
  },
];

/**
 * What a manager counts on with its option `tokenSource`, as cases for any test runner. No message of theirs has a token in it.
 *
 *     import { tokenSourceContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     const options = { make: () => signIn, url: 'https://api.example.org/', stranger: 'https://elsewhere.test/' };
 *     for (const { name, run } of tokenSourceContract(options)) test(name, run);
 */
export function tokenSourceContract(options: TokenSourceContractOptions): readonly ContractCase[] {
  const made = async (): Promise<SourceOnTrial> => new SourceOnTrial(await options.make(), options);
  return casesOf(trials, { make: made, stranger: options.stranger === undefined ? undefined : made });
}

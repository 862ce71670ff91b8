import { type TestTokenSource, type TokenSourceContractOptions, tokenSourceContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';

const URL = 'https://api.example.org/';
const from = (make: () => TestTokenSource, more: Partial<TokenSourceContractOptions> = {}): TokenSourceContractOptions => ({
  make,
  url: URL,
  stranger: 'https://elsewhere.test/',
  ...more,
});

/** As a program does it: what it has, until that is refused. */
function sound(): TestTokenSource {
  let count = 1;
  return async ({ url, expired }) => {
    if (url.host() !== 'api.example.org') return null;
    if (expired === `token-${count}`) count++;
    return `token-${count}`;
  };
}

const renewing = (give: (count: number) => string | null): TestTokenSource => {
  let count = 1;
  return ({ url, expired }) => {
    if (url.host() !== 'api.example.org') return null;
    if (expired !== '') count++;
    return give(count);
  };
};

bites(
  tokenSourceContract,
  {
    'one that renews': from(sound),
    'one that answers at once, and once': from(() => {
      let refused = false;
      return ({ url, expired }) => {
        refused ||= expired !== '';
        return refused || url.host() !== 'api.example.org' ? null : 'abc.DEF-1_2~3+4/5==';
      };
    }),
    'one for everybody': { make: sound, url: URL, realm: 'api', scope: ['read'] },
  },
  {
    'never answers': from(() => () => new Promise(() => {}), { patience: 100 }),
    'has none': from(() => () => null),
    'gives a number': from(() => () => 42 as unknown as string),
    'says Bearer': from(() => renewing((count) => `Bearer token-${count}`)),
    'does not look at expired': from(() => renewing(() => 'token-1')),
    'goes back to the old one': from(() => {
      return ({ url, expired }) => (url.host() !== 'api.example.org' ? null : expired === '' ? 'token-1' : 'token-2');
    }),
    'gives to one at a time': from(() => {
      let busy = false;
      return async () => {
        if (busy) return null;
        busy = true;
        await Promise.resolve();
        busy = false;
        return 'token-1';
      };
    }),
    'gives to everybody': from(
      () =>
        ({ expired }) =>
          `token-${expired.length}`,
    ),
  },
);

import assert from 'node:assert/strict';
import { type CookieOptions, QNetworkCookie } from '../../../index.ts';
import type { Trial } from '../case.ts';
import type { JarOnTrial } from './trial.ts';

const { Default, Lax } = QNetworkCookie;

/** Which cookies go along with which request (RFC 6265bis 5.8.3). */
export const sending: readonly Trial<JarOnTrial>[] = [
  {
    name: 'an empty jar sends nothing',
    run(trial) {
      trial.sends('');
      trial.sends('', trial.url('/a/b?c', '', 'http'));
    },
  },
  {
    name: 'what an answer sets goes along with the next request',
    run(trial) {
      trial.takes('a=1; Path=/');
      trial.sends('a=1');
      trial.takes(['b=2; Path=/', 'c=3; Path=/; Max-Age=3600; HttpOnly']);
      trial.sends('a=1; b=2; c=3', trial.url('/any/where?query#fragment'));
    },
  },
  {
    name: 'a cookie without a domain goes to its host alone',
    run(trial) {
      trial.takes('a=1; Path=/');
      trial.sends('', trial.url('/', 'api'));
      trial.sends('', trial.url('/', 'eu.shop'));
      trial.sends('', trial.url('/', ''));
      trial.sends('', `https://shop.${trial.site}.test/`);
    },
  },
  {
    name: 'a cookie with a domain goes to all hosts below it, and to no other',
    run(trial) {
      trial.takes(`a=1; Path=/; Domain=${trial.site}`);
      for (const host of ['shop', 'api', '', 'a.b.c']) trial.sends('a=1', trial.url('/', host));
      trial.sends('', `https://not${trial.site}/`);
      trial.sends('', `https://${trial.site}.test/`);
    },
  },
  {
    name: 'a cookie goes to its path and below, not to what only begins like it',
    run(trial) {
      trial.takes('a=1; Path=/docs');
      for (const path of ['/docs', '/docs/', '/docs/a/b', '/docs?q']) trial.sends('a=1', trial.url(path));
      for (const path of ['/', '/doc', '/docsx', '/a/docs', '/Docs']) trial.sends('', trial.url(path));
    },
  },
  {
    name: 'a cookie without a path gets the folder it came from',
    run(trial) {
      trial.takes('a=1', trial.url('/one/two/three'));
      trial.sends('a=1', trial.url('/one/two'));
      trial.sends('a=1', trial.url('/one/two/other'));
      trial.sends('', trial.url('/one/'));
    },
  },
  {
    name: 'a secure cookie does not go over an open connection',
    run(trial) {
      trial.takes('a=1; Path=/; Secure');
      trial.takes('b=2; Path=/');
      trial.sends('a=1; b=2');
      trial.sends('b=2', trial.url('/', 'shop', 'http'));
    },
  },
  {
    name: 'the longest path goes first, then what came first',
    run(trial) {
      trial.takes('root=1; Path=/');
      trial.takes('other=2; Path=/');
      trial.takes('deep=3; Path=/a/b');
      trial.takes('middle=4; Path=/a');
      trial.sends('deep=3; middle=4; root=1; other=2', trial.url('/a/b/c'));
    },
  },
  {
    name: 'values come back octet by octet',
    run(trial) {
      const values = ['', '"quoted"', 'a=b==', 'a b', "it's,{}", '\u00fc\u00ff', '%41+'];
      for (const [i, value] of values.entries()) trial.takes(`v${i}=${value}; Path=/`);
      trial.sends(values.map((value, i) => `v${i}=${value}`).join('; '));
    },
  },
  {
    name: 'what is known of a cookie comes back with it',
    run(trial) {
      trial.takes(`all=1; Path=/a; Domain=${trial.site}; Max-Age=3600; Secure; HttpOnly; SameSite=Lax`, trial.url('/a/b'));
      trial.takes('few=1', trial.url('/a/b'));
      const cookies = trial.cookies(trial.url('/a/b'));
      const [all, few] = [cookies.get('all'), cookies.get('few')];
      assert.ok(all !== undefined && few !== undefined);
      assert.deepEqual(
        [all, few].map((cookie) => [
          cookie.domain(),
          cookie.path(),
          cookie.isSecure(),
          cookie.isHttpOnly(),
          cookie.isSessionCookie(),
          cookie.sameSitePolicy(),
        ]),
        [
          [`.${trial.site}`, '/a', true, true, false, trial.jar.standard() === '6265' ? Default : Lax],
          [`shop.${trial.site}`, '/a', false, false, true, Default],
        ],
      );
    },
  },
  {
    name: 'asking changes nothing',
    run(trial) {
      trial.takes(['a=1; Path=/', 'b=2; Path=/']);
      const list = trial.jar.cookiesForUrl(trial.url());
      for (const cookie of list) cookie.setValue('changed');
      list.length = 0;
      trial.sends('a=1; b=2');
      trial.sends('a=1; b=2');
    },
  },
  {
    name: 'a request for another site takes along what SameSite allows',
    on: 'onBehalf',
    run(trial) {
      trial.takes(['s=1; Path=/; SameSite=Strict', 'l=2; Path=/; SameSite=Lax', 'n=3; Path=/; SameSite=None; Secure']);
      const header = (options: CookieOptions): string => trial.jar.cookieHeaderForUrl(trial.url(), options).toString('latin1');
      const help = 'a jar that cannot keep to SameSite says onBehalf: false';
      assert.equal(header({ siteForCookies: trial.url('/', 'www') }), 's=1; l=2; n=3', help);
      assert.equal(header({ siteForCookies: 'https://elsewhere.test/' }), 'n=3', help);
      assert.equal(header({ siteForCookies: { url: 'https://elsewhere.test/', navigation: true } }), 'l=2; n=3', help);
    },
  },
  {
    name: 'partitions do not see each other',
    on: 'onBehalf',
    run(trial) {
      const header = (partition: string): string => trial.jar.cookieHeaderForUrl(trial.url(), { partition }).toString('latin1');
      const help = 'a jar that knows no partitions says onBehalf: false';
      trial.takes('a=1; Path=/', trial.url(), { partition: 'one' });
      trial.takes('a=2; Path=/', trial.url(), { partition: 'two' });
      assert.deepEqual([header('one'), header('two'), header('')], ['a=1', 'a=2', ''], help);
    },
  },
];

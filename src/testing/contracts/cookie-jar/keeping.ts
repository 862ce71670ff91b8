import assert from 'node:assert/strict';
import { QNetworkCookie } from '../../../index.ts';
import type { Trial } from '../case.ts';
import type { JarOnTrial } from './trial.ts';

/** Bytes of a cookie that every client has room for, and how many of them for a host (RFC 6265 6.1). */
const LARGE = 4096;
const MANY = 50;

/** Which cookies are kept, replaced and taken out (RFC 6265bis 5.7). */
export const keeping: readonly Trial<JarOnTrial>[] = [
  {
    name: 'nobody sets cookies for somebody else',
    run(trial) {
      trial.refuses('a=1; Path=/; Domain=elsewhere.test');
      trial.refuses(`a=1; Path=/; Domain=api.${trial.site}`);
      trial.sends('', 'https://elsewhere.test/');
      trial.sends('', trial.url('/', 'api'));
      trial.sends('');
    },
  },
  {
    name: 'nobody sets cookies for all who have a name under com',
    run(trial) {
      trial.refuses('a=1; Path=/; Domain=com', 'https://shop.example.com/');
      trial.refuses('a=1; Path=/; Domain=co.uk', 'https://shop.example.co.uk/');
      trial.sends('', 'https://victim.com/');
      trial.sends('', 'https://victim.co.uk/');
    },
  },
  {
    name: 'what comes over an open connection neither is secure nor hides what is',
    run(trial) {
      if (trial.jar.standard() !== '6265bis') return;
      const open = trial.url('/', 'shop', 'http');
      trial.refuses('a=1; Path=/; Secure', open);
      trial.sends('');
      trial.takes('a=true; Path=/; Secure');
      trial.refuses('a=false; Path=/', open);
      trial.sends('a=true');
    },
  },
  {
    name: 'a name with a prefix keeps what it promises',
    run(trial) {
      if (trial.jar.standard() !== '6265bis') return;
      trial.refuses('__Secure-a=1; Path=/');
      trial.refuses('__Host-a=1; Path=/; Secure; Domain=' + trial.site);
      trial.refuses('__Host-a=1; Path=/deep; Secure');
      trial.takes('__Host-a=1; Path=/; Secure');
      trial.sends('__Host-a=1');
    },
  },
  {
    name: 'a cookie takes the place of the one with its name, domain and path, and of no other',
    run(trial) {
      trial.takes(['a=1; Path=/', 'b=1; Path=/', 'a=1; Path=/x']);
      trial.takes('a=2; Path=/');
      trial.sends('a=2; b=1');
      trial.sends('a=1; a=2; b=1', trial.url('/x'));
    },
  },
  {
    name: 'a cookie that has expired takes out the one in whose place it comes',
    run(trial) {
      for (const over of ['Max-Age=0', 'Max-Age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']) {
        trial.takes(['a=1; Path=/', 'b=1; Path=/']);
        trial.refuses(`a=; Path=/; ${over}`);
        trial.sends('b=1');
      }
    },
  },
  {
    name: 'insertCookie, updateCookie and deleteCookie say what they did',
    run(trial) {
      const { jar, site } = trial;
      const cookie = (value: string, expires: Date | null = null): QNetworkCookie => {
        const made = new QNetworkCookie('a', value);
        made.setDomain(`shop.${site}`);
        made.setPath('/');
        made.setExpirationDate(expires);
        return made;
      };
      const held = (): string => jar.cookieHeaderForUrl(trial.url()).toString('latin1');
      const did = (what: string, said: boolean, expected: boolean, left: string): void => {
        assert.equal(said, expected, `${what} said ${said}`);
        assert.equal(held(), left, `after ${what}`);
      };
      did('updateCookie of one that is not there', jar.updateCookie(cookie('0')), false, '');
      did('deleteCookie of one that is not there', jar.deleteCookie(cookie('0')), false, '');
      did('insertCookie', jar.insertCookie(cookie('1')), true, 'a=1');
      did('updateCookie', jar.updateCookie(cookie('2')), true, 'a=2');
      did('deleteCookie', jar.deleteCookie(cookie('of no account')), true, '');
      did('insertCookie', jar.insertCookie(cookie('3')), true, 'a=3');
      did('insertCookie of one that has expired', jar.insertCookie(cookie('4', new Date(1000))), false, '');
    },
  },
  {
    name: 'what is given stays as it is, and belongs to who gave it',
    run(trial) {
      const cookie = new QNetworkCookie('a', '1');
      assert.equal(trial.jar.setCookiesFromUrl([cookie], trial.url('/x/y')), true, 'setCookiesFromUrl');
      assert.deepEqual([cookie.domain(), cookie.path()], ['', ''], 'the cookie that was given was changed');
      cookie.setValue('changed');
      trial.sends('a=1', trial.url('/x/y'));
    },
  },
  {
    name: `there is room for ${MANY} cookies of a host, and for one of ${LARGE} bytes`,
    run(trial) {
      const names = Array.from({ length: MANY }, (_, i) => `c${i}`);
      for (const name of names) trial.takes(`${name}=1; Path=/`);
      trial.sends(names.map((name) => `${name}=1`).join('; '));
      const value = 'v'.repeat(LARGE - 1);
      trial.takes(`l=${value}; Path=/`, trial.url('/', 'api'));
      trial.sends(`l=${value}`, trial.url('/', 'api'));
    },
  },
  {
    name: 'two jars have nothing to do with each other',
    async run(trial) {
      const other = await trial.another();
      if (other === trial.jar) assert.fail('make gave the same jar twice');
      trial.takes('a=1; Path=/');
      trial.sends('', trial.url(), other);
    },
  },
  {
    name: 'what is kept outlives the jar, and what was taken out does not',
    on: 'again',
    async run(trial) {
      trial.takes(`all=\u00fc"1"; Path=/a; Domain=${trial.site}; Max-Age=3600; Secure; HttpOnly; SameSite=Lax`, trial.url('/a'));
      trial.takes(['gone=1; Path=/; Max-Age=3600', 'stays=1; Path=/; Max-Age=3600']);
      trial.refuses('gone=1; Path=/; Max-Age=0');
      const before = trial.cookies(trial.url('/a')).get('all');
      const jar = await trial.again();
      const after = trial.cookies(trial.url('/a'), jar).get('all');
      trial.sends('all=\u00fc"1"; stays=1', trial.url('/a'), jar);
      assert.equal(after!.toRawForm().toString('latin1'), before!.toRawForm().toString('latin1'), 'the cookie has changed');
    },
  },
];

import { describe, expect, test } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import type { CookieKeeper } from '../../src/contract/cookie.ts';
import { cookies } from '../../src/stages/cookies.ts';
import { head, TestJourney } from './journey.ts';

/** Has one answer for everybody, and writes down what it is asked. */
class Keeper implements CookieKeeper {
  idle = false;
  readonly told: string[] = [];
  answer = 'a=1; b=2';

  header(...[url, method]: Parameters<CookieKeeper['header']>): string {
    this.told.push(`header ${method} ${url.href}`);
    return this.answer;
  }
  receive(...[fields, url, method]: Parameters<CookieKeeper['receive']>): void {
    this.told.push(`receive ${fields.join(' | ')} ${method} ${url.href}`);
  }
  replaces(...[url]: Parameters<CookieKeeper['replaces']>): void {
    this.told.push(`replaces ${url.href}`);
  }
}

function outward(keeper: Keeper, url: string, options?: ConstructorParameters<typeof TestJourney>[1]): TestJourney {
  const journey = new TestJourney(url, options);
  expect(cookies(keeper).outward!(journey.hop, journey)).toBe('go');
  return journey;
}

describe('on the way out', () => {
  test('the cookies go into a copy of the fields', () => {
    const keeper = new Keeper();
    const journey = outward(keeper, 'http://h/x');
    expect(journey.hop.headers.get('Cookie')).toBe('a=1; b=2');
    expect(journey.ask.headers.has('Cookie')).toBe(false);
    expect(keeper.told).toEqual(['header GET http://h/x']);
  });

  test('in the place of those that the caller set', () => {
    const keeper = new Keeper();
    const journey = outward(keeper, 'https://h/', { headers: ['cookie', 'mine=1', 'X-A', '1'] });
    expect(journey.hop.headers.flat).toEqual(['Cookie', 'a=1; b=2', 'X-A', '1']);
    expect(journey.ask.headers.get('Cookie')).toBe('mine=1');
    expect(keeper.told).toEqual(['header GET https://h/', 'replaces https://h/']);
  });

  test('without any the fields stay as they are', () => {
    const keeper = new Keeper();
    keeper.answer = '';
    const journey = outward(keeper, 'http://h/');
    expect(journey.hop.headers).toBe(journey.ask.headers);
  });

  test('nobody is asked where there are none, where they are not wanted, and for other schemes', () => {
    const idle = new Keeper();
    idle.idle = true;
    outward(idle, 'http://h/');
    const keeper = new Keeper();
    outward(keeper, 'http://h/', { sendCookies: false });
    outward(keeper, 'data:,x');
    expect([idle.told, keeper.told]).toEqual([[], []]);
  });
});

describe('on the way in', () => {
  const inward = (keeper: Keeper, fields: string[], url = 'http://h/x', wishes = {}): void => {
    const journey = new TestJourney(url, wishes);
    const answer = { ...head({}), status: 404, headers: new HeaderList(fields) };
    expect(cookies(keeper).inward!(journey.hop, answer, journey)).toBe('go');
  };

  test('all Set-Cookie fields are handed over, whatever the status', () => {
    const keeper = new Keeper();
    inward(keeper, ['Set-Cookie', 'a=1', 'X-A', '1', 'set-cookie', 'b=2']);
    expect(keeper.told).toEqual(['receive a=1 | b=2 GET http://h/x']);
  });

  test('also where there is nothing to send, but not where they are not wanted', () => {
    const keeper = new Keeper();
    keeper.idle = true;
    inward(keeper, ['Set-Cookie', 'a=1']);
    inward(keeper, ['Set-Cookie', 'b=1'], 'http://h/', { saveCookies: false });
    inward(keeper, ['Set-Cookie', 'c=1'], 'file:///x');
    inward(keeper, ['X-A', '1']);
    expect(keeper.told).toEqual(['receive a=1 GET http://h/x']);
  });
});

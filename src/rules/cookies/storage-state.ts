import type { Cookie, SameSite } from '../../contract/cookie.ts';
import { fieldText } from '../field-syntax.ts';
import { madeCookie } from './made-cookie.ts';

/** What Playwright's `context.storageState()` gives, and what it takes: cookies, and the storage of pages. */
export interface StorageState {
  cookies: StorageStateCookie[];
  /** A program without pages has none, and passes over what it is given. */
  origins: unknown[];
}

export interface StorageStateCookie {
  name: string;
  value: string;
  /** With a leading dot for hosts below it, too. */
  domain: string;
  path: string;
  /** Seconds since 1970; -1 for a cookie of the session. */
  expires: number;
  httpOnly: boolean;
  secure: boolean;
  sameSite: 'Strict' | 'Lax' | 'None';
}

const WORDS: Readonly<Record<SameSite, StorageStateCookie['sameSite']>> = {
  // what says nothing is treated so by browsers
  default: 'Lax',
  lax: 'Lax',
  none: 'None',
  strict: 'Strict',
};

export function storageState(cookies: Iterable<Cookie>): StorageState {
  return { cookies: Array.from(cookies, stateOf), origins: [] };
}

function stateOf({ name, value, domain, path, expires, httpOnly, secure, sameSite }: Cookie): StorageStateCookie {
  return {
    name: textOf(name),
    value: textOf(value),
    domain,
    path: textOf(path),
    expires: expires === Number.POSITIVE_INFINITY ? -1 : expires / 1000,
    httpOnly,
    secure,
    sameSite: WORDS[sameSite],
  };
}

/** The cookies of a state, those that cannot be sent left out; null when it is none. */
export function cookiesInState(state: unknown): Cookie[] | null {
  const list = typeof state === 'object' && state !== null ? (state as { cookies?: unknown }).cookies : undefined;
  if (!Array.isArray(list)) return null;
  return (list as unknown[]).map(cookieOf).filter((cookie) => cookie !== null);
}

type Given = Partial<StorageStateCookie> & { readonly partitionKey?: unknown };

function cookieOf(given: unknown): Cookie | null {
  if (typeof given !== 'object' || given === null) return null;
  const { name, value, domain, path = '/', expires = -1, httpOnly, secure, sameSite, partitionKey } = given as Given;
  if (typeof name !== 'string' || typeof value !== 'string' || typeof domain !== 'string' || typeof path !== 'string')
    return null;
  if (typeof expires !== 'number') return null;
  const word = String(sameSite).toLowerCase();
  return madeCookie({
    name: fieldText(name),
    value: fieldText(value),
    domain,
    path: fieldText(path),
    expires: expires < 0 ? Number.POSITIVE_INFINITY : expires * 1000,
    httpOnly: httpOnly === true,
    secure: secure === true,
    sameSite: word === 'strict' || word === 'none' || word === 'lax' ? word : 'default',
    partitioned: typeof partitionKey === 'string',
  });
}

/** Octets as text: UTF-8 where they are UTF-8, else Latin-1. */
function textOf(octets: string): string {
  const text = Buffer.from(octets, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? octets : text;
}

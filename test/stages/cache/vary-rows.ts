import { gzipSync } from 'node:zlib';
import { QNetworkRequest } from '../../../src/index.ts';
import type { Row, Step } from './scene.ts';

const { AlwaysCache, AlwaysNetwork } = QNetworkRequest;
const German = { 'Accept-Language': 'de' };
const English = { 'Accept-Language': 'en' };

/** An answer for some language. */
const came = (
  send: Record<string, string>,
  body: string,
  headers: Record<string, string> = {},
  more: Partial<Step> = {},
): Step => ({
  send,
  answer: { headers: { Vary: 'Accept-Language', 'Cache-Control': 'max-age=60', ...headers }, body },
  ...more,
});
const served = (send: Record<string, string>, is: string): Step => ({ send, is });

/** Answers that depend on the request (4.1). */
export const VARY: readonly Row[] = [
  {
    of: '4.1',
    title: 'an answer for each language, side by side',
    steps: [came(German, 'eins'), came(English, 'one'), served(German, 'eins'), served(English, 'one')],
  },
  {
    of: '4.1',
    title: 'one of three is renewed, the others stay as they are',
    steps: [
      came(German, 'eins', { ETag: '"de"', 'Cache-Control': 'max-age=10' }),
      came(English, 'one'),
      came({ 'Accept-Language': 'fr' }, 'un'),
      { wait: 11, send: German, answer: { status: 304 }, is: 'eins', wire: { 'If-None-Match': '"de"' } },
      came(German, 'zwei', {}, { load: AlwaysNetwork }),
      served(German, 'zwei'),
      served(English, 'one'),
      served({ 'Accept-Language': 'fr' }, 'un'),
    ],
  },
  {
    of: '4.1',
    title: 'a field that is not sent is like no field that is',
    steps: [
      { answer: { headers: { Vary: 'X-Kind', 'Cache-Control': 'max-age=60' }, body: 'none' } },
      { send: { 'X-Kind': 'a' }, answer: { headers: { Vary: 'X-Kind', 'Cache-Control': 'max-age=60' }, body: 'a' } },
      { is: 'none' },
      served({ 'X-Kind': 'a' }, 'a'),
    ],
  },
  {
    of: '4.1',
    title: 'blanks around commas mean nothing, the order of languages is in their weights',
    steps: [came({ 'Accept-Language': 'de,en;q=0.5' }, 'eins'), served({ 'Accept-Language': 'en; q=0.5 , de' }, 'eins')],
  },
  {
    of: '4.1',
    title: 'several fields, and other ones for another answer',
    steps: [
      came({ ...German, 'X-Kind': 'a' }, 'eins', { Vary: 'accept-language, x-kind' }),
      came({ ...German, 'X-Kind': 'b' }, 'zwei', { Vary: 'accept-language, x-kind' }),
      came({ ...English, 'X-Kind': 'c' }, 'any', { Vary: 'Accept-Language' }),
      served({ ...German, 'X-Kind': 'a' }, 'eins'),
      served({ ...German, 'X-Kind': 'b' }, 'zwei'),
      served({ ...English, 'X-Kind': 'd' }, 'any'),
    ],
  },
  {
    of: '4.1',
    title: 'an answer that depends on nothing takes the place of all of them, and the other way round',
    steps: [
      came(German, 'eins'),
      came(English, 'one'),
      { load: AlwaysNetwork, send: English, answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'all' } },
      served(German, 'all'),
      came(German, 'eins', {}, { load: AlwaysNetwork }),
      served(German, 'eins'),
      came(English, 'one'),
    ],
  },
  {
    of: '4.1',
    title: 'one that may not be kept takes only its own away',
    steps: [
      came(German, 'eins', { 'Cache-Control': 'max-age=10' }),
      came(English, 'one'),
      came(German, 'nie', { 'Cache-Control': 'no-store' }, { wait: 11 }),
      came(German, 'drei'),
      served(English, 'one'),
      came(German, 'nie', { 'Cache-Control': 'no-store' }, { load: AlwaysNetwork }),
      came(German, 'vier'),
      served(English, 'one'),
    ],
  },
  {
    of: '4.1',
    title: 'HEAD and AlwaysCache find them as well',
    steps: [
      came(German, 'eins', { 'X-Of': 'de' }),
      came(English, 'one', { 'X-Of': 'en' }),
      { method: 'HEAD', send: English, stored: true, has: { 'X-Of': 'en' } },
      { load: AlwaysCache, wait: 1_000, send: German, is: 'eins', has: { 'X-Of': 'de' } },
    ],
  },
  {
    of: '4.4',
    title: 'a change takes all of them away',
    steps: [
      came(German, 'eins'),
      came(English, 'one'),
      { method: 'PUT', body: 'x', answer: { status: 204 } },
      came(German, 'zwei'),
      came(English, 'two'),
    ],
  },
  {
    of: '4.1',
    title: 'what we offer by ourselves counts, too',
    steps: [
      {
        answer: {
          headers: { Vary: 'Accept-Encoding', 'Content-Encoding': 'gzip', 'Cache-Control': 'max-age=60' },
          body: gzipSync('packed'),
        },
        is: 'packed',
      },
      { is: 'packed' },
      {
        send: { 'Accept-Encoding': 'identity' },
        answer: { headers: { Vary: 'Accept-Encoding', 'Cache-Control': 'max-age=60' }, body: 'plain' },
      },
      { is: 'packed' },
    ],
  },
];

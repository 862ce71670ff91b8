import { describe, expect, it } from 'vitest';
import { inNamespaces, noNamespaces } from './namespaces.ts';
import { endsByItself, nobodyLeaks, scene } from './roaming/scene.ts';
import type { Talk } from './roaming/talk.ts';

// numbers of QNetworkReply.NetworkError
const NO_ERROR = 0;
const TEMPORARY_NETWORK_FAILURE = 7;
const UNKNOWN_NETWORK_ERROR = 99;

const TIMES = 200;
/** One of each kind of request. */
const SLOTS = 5;

const repeated = <T>(values: readonly T[]): T[] => Array.from({ length: TIMES }, () => values).flat();

/** What its load came to, by error, when all of it is over. Fails when there are other errors than these. */
async function unloaded(client: Talk, expected: readonly number[]): Promise<Record<string, number>> {
  client.tell('load', { slots: 0 });
  const { begun, ended, errors, texts } = await client.hear('unloaded', undefined, 0, 20_000);
  expect(ended).toBe(begun);
  expect({ errors: Object.keys(errors as object).map(Number), texts }).toEqual({ errors: expected, texts });
  return errors as Record<string, number>;
}

describe.skipIf(noNamespaces() !== null)(inNamespaces('offline and online again, under load'), () => {
  it(`${TIMES} times by losing the only link: each change is told, all requests end, no socket stays`, async () => {
    const all = await scene('client');
    const { client, links } = all;
    links.linkDown('b', 'switched off');
    client.tell('use', { configuration: 'any' });
    client.tell('session', { configuration: 'any' });
    await client.hear('opened');
    client.tell('load', { slots: SLOTS });
    const told = (changes: number): boolean => ['online', 'state'].every((event) => client.all(event).length >= changes);
    for (let changes = 1; changes <= TIMES * 2; changes++) {
      if (changes % 2 === 1) links.linkDown('a', 'switched off');
      else links.linkUp('a');
      await client.when(() => told(changes), `change ${changes}`);
    }
    expect(client.all('online').map(({ online }) => online)).toEqual(repeated([false, true]));
    expect(client.all('state').map(({ state }) => state)).toEqual(repeated(['Roaming', 'Connected']));
    // what could not be repeated fails, and nothing else
    const errors = await unloaded(client, [NO_ERROR, TEMPORARY_NETWORK_FAILURE]);
    expect(errors[NO_ERROR]).toBeGreaterThan(TIMES);
    await nobodyLeaks(all);
    await endsByItself(all);
  }, 120_000);

  it(`${TIMES} times by setNetworkAccessible`, async () => {
    const all = await scene('client');
    const { client } = all;
    client.tell('use', { configuration: 'any' });
    await client.ask('look');
    const before = client.said.length;
    client.tell('load', { slots: SLOTS });
    client.tell('switch', { times: TIMES });
    await client.hear('switched', undefined, 0, 40_000);
    await unloaded(client, [NO_ERROR, UNKNOWN_NETWORK_ERROR]);
    const told = client.said.slice(before).filter(({ event }) => event === 'accessible');
    expect(told.map(({ accessible }) => accessible)).toEqual(repeated([0, 1]));
    await nobodyLeaks(all);
    await endsByItself(all);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, type QNetworkReply } from '../../src/index.ts';
import { HEARD, type Heard, signalOf, turns } from '../api/bridge/support.ts';
import { useRecordedNames } from '../parity/lib/names.ts';
import { until, within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';
import { identity, trustTestAuthority } from '../support/tls.ts';
import { KINDS, type Kind, SLOT_ROUTES, scratch } from './any-slot-kinds.ts';
import { child } from './child.ts';

/** What a program does to a reply, or to its manager, inside a slot. */
interface Act {
  readonly title: string;
  readonly run: (reply: QNetworkReply, manager: QNetworkAccessManager) => void;
  /** What is left of the reply: all of it, nothing, or all of it when it was over before the act took effect. */
  readonly leaves: 'reply' | 'nothing' | 'what is over';
}

const ACTS: readonly Act[] = [
  { title: 'reply.abort()', run: (reply) => reply.abort(), leaves: 'reply' },
  { title: 'reply.close()', run: (reply) => reply.close(), leaves: 'reply' },
  { title: 'manager.close()', run: (_, manager) => void manager.close(), leaves: 'reply' },
  { title: 'manager.clearConnectionCache()', run: (_, manager) => manager.clearConnectionCache(), leaves: 'reply' },
  { title: 'reply.deleteLater()', run: (reply) => reply.deleteLater(), leaves: 'nothing' },
  {
    title: 'reply.abort() and reply.deleteLater()',
    run(reply) {
      reply.abort();
      reply.deleteLater();
    },
    leaves: 'nothing',
  },
  { title: 'reply[Symbol.dispose]()', run: (reply) => reply[Symbol.dispose](), leaves: 'nothing' },
  { title: 'manager.deleteLater()', run: (_, manager) => manager.deleteLater(), leaves: 'what is over' },
];

let plain: Served;
let secure: Served;
const folder = scratch();
beforeAll(async () => {
  useRecordedNames();
  trustTestAuthority();
  plain = await serve({ routes: SLOT_ROUTES });
  secure = await serve({ routes: SLOT_ROUTES, tls: identity() });
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await Promise.all([plain.close(), secure.close()]);
});

/** One transfer in which `act` is done inside the first emission of `name`. */
async function transfer(kind: Kind, name: Heard | null, act: Act | null) {
  const server = kind.tls === true ? secure : plain;
  const manager = new QNetworkAccessManager();
  const said: Heard[] = [];
  let acted = 0;
  const reply = kind.start(manager, (path) => server.url(path), folder.path);
  for (const heard of HEARD) {
    signalOf(manager, reply, heard).connect((who) => {
      if (heard === 'M.finished' && who !== reply) return;
      said.push(heard);
      if (heard !== name || acted > 0) return;
      acted++;
      act!.run(reply, manager);
    });
  }
  kind.meanwhile?.(reply);
  const promised = [reply.whenFinished(), reply.bytes()].map((promise) =>
    promise.then(
      () => 'resolved',
      () => 'rejected',
    ),
  );
  const told = await within(Promise.all(promised), 'the promises');
  await until(() => said.includes('M.finished') || said.includes('destroyed'), 'the end');
  await turns(5);
  return { reply, manager, said, acted, told, server };
}

const count = (said: readonly Heard[], name: Heard): number => said.filter((each) => each === name).length;

describe.each(KINDS.map((kind) => [kind.title, kind] as const))('%s', (_title, kind) => {
  let names: Heard[] = [];
  beforeAll(async () => {
    const { said, manager } = await transfer(kind, null, null);
    names = [...new Set(said)];
    await manager.close();
  });

  it.each(ACTS.map((act) => [act.title, act] as const))('%s in any slot', async (_act, act) => {
    expect(names.length).toBeGreaterThan(3);
    await Promise.all(names.map((name) => check(kind, name, act)));
    await Promise.all([plain.whenIdle(), secure.whenIdle()]);
  });
});

async function check(kind: Kind, name: Heard, act: Act): Promise<void> {
  const { reply, manager, said, acted, told, server } = await transfer(kind, name, act);
  const story = `${act.title} inside ${name}: ${said.join(' ')}, promises ${told.join(' ')}`;
  const finished = count(said, 'finished');
  expect(acted, story).toBe(1);
  // exactly one end, told by the manager first, or no end at all but destroyed
  expect([finished, count(said, 'M.finished')], story).toEqual(finished > 0 ? [1, 1] : [0, 0]);
  const gone = act.leaves === 'nothing' || (act.leaves === 'what is over' && finished === 0);
  expect(count(said, 'destroyed'), story).toBe(gone ? 1 : 0);
  if (finished > 0) expect(said.filter((each) => each !== 'destroyed').at(-1), story).toBe('finished');
  else expect(told, story).toEqual(['rejected', 'rejected']);
  if (!gone) expect([reply.isFinished(), reply.isRunning(), finished], story).toEqual([true, false, 1]);
  for (const once of ['error', 'errorOccurred', 'aboutToClose', 'readChannelFinished'] as const)
    expect(count(said, once), story).toBeLessThanOrEqual(1);
  expect(count(said, 'error'), story).toBe(count(said, 'errorOccurred'));
  if (act.leaves === 'what is over') {
    expect(() => manager.get(server.url('/hello'))).toThrow(/deleted/);
  } else {
    expect(await within(manager.get(server.url('/hello')).text(), 'the next request'), story).toBe('hello world');
    await manager.close();
  }
  expect(manager.connectionCount(), story).toBe(0);
}

it('leaves a process that ends by itself and has no error to report', async () => {
  const code = `
    const names = ['socketStartedConnecting', 'requestSent', 'uploadProgress', 'metaDataChanged', 'redirected', 'readyRead', 'error',
      'errorOccurred', 'downloadProgress', 'readChannelFinished', 'finished'];
    const acts = [(r) => r.abort(), (r) => r.close(), (r) => r.deleteLater(), (r) => r[Symbol.dispose](), (_, m) => m.deleteLater()];
    let left = 0;
    let acted = 0;
    for (const path of args) {
      for (const name of names) {
        for (const act of acts) {
          const manager = new QNetworkAccessManager();
          const reply = manager.put(path, 'x'.repeat(1000));
          let over = false;
          const ended = () => {
            if (!over && --left === 0) console.log('over', acted);
            over = true;
          };
          left++;
          reply[name].once(() => { acted++; act(reply, manager); });
          reply.finished.connect(ended);
          reply.destroyed.connect(ended);
        }
      }
    }`;
  const ended = await child(code, [plain.url('/found'), plain.url('/404')]);
  // two paths, five acts; /found says nothing of an error, /404 is no redirect
  expect(ended).toMatchObject({ code: 0, signal: null, out: `over ${5 * (9 + 10)}\n`, err: '' });
  await plain.whenIdle();
});

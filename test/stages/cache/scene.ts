import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { deskOf } from '../../../src/api/access/hsts-manager.ts';
import { Desk } from '../../../src/api/bridge/desk.ts';
import type { CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../../src/contract/cache.ts';
import {
  type QAbstractNetworkCache,
  QNetworkAccessManager,
  QNetworkDiskCache,
  QNetworkMemoryCache,
  type QNetworkReply,
  QNetworkRequest,
  type RequestOptions,
} from '../../../src/index.ts';
import { MemoryCacheStore } from '../../../src/stores/cache/memory-store.ts';
import { ManualClock } from '../../support/clock.ts';
import { within } from '../../support/once.ts';
import { type Answer, type SeenRequest, type Served, serve } from '../../support/server.ts';

const { Attribute } = QNetworkRequest;

/** A manager whose time is the test's. Cache and cookies are set and asked for as in any other. */
export class ClockedManager extends QNetworkAccessManager {
  readonly clock = new ManualClock();
  readonly desk = new Desk(this, { clock: this.clock, cache: deskOf(this).cache, cookies: deskOf(this).cookies });

  protected override createRequest(
    ...[op, request, device = null]: Parameters<QNetworkAccessManager['createRequest']>
  ): QNetworkReply {
    return this.desk.open(op, request, device, {
      transferTimeout: this.transferTimeout(),
      redirectPolicy: this.redirectPolicy(),
    });
  }

  override async close(): Promise<void> {
    for (const reply of this.desk.running.list()) reply.abort();
    this.desk.clearConnections();
    await super.close();
  }
}

/** A store that answers everything later, as one does that is asked over a network. */
export class LateStore implements CacheStore {
  readonly inner = new MemoryCacheStore();
  /** When it answers. */
  later = (): Promise<void> => new Promise((next) => setImmediate(next));

  async get(key: CacheKey): Promise<StoredAnswer | null> {
    await this.later();
    return this.inner.get(key);
  }
  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
    const writer = this.inner.put(key, head, length);
    if (writer === null) return null;
    return {
      drained: null,
      write: (bytes) => writer.write(bytes),
      commit: async (last) => {
        await this.later();
        writer.commit(last);
      },
      abort: () => writer.abort(),
    };
  }
  async update(key: CacheKey, answer: StoredAnswer, head: StoredHead): Promise<void> {
    await this.later();
    this.inner.update(key, answer, head);
  }
  async remove(key: CacheKey): Promise<void> {
    await this.later();
    this.inner.remove(key);
  }
}

export type Kind = 'memory' | 'disk' | 'late';

/** One request of a row, and what is to come of it. Times are seconds. */
export interface Step {
  /** Time that goes by before. */
  readonly wait?: number;
  readonly method?: string;
  /** `/` unless told. */
  readonly path?: string;
  readonly send?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly load?: QNetworkRequest.CacheLoadControl;
  readonly save?: boolean;
  readonly redirect?: RequestOptions['redirect'];
  readonly partition?: string;
  /** What the server says; left out, it must not be asked. Several: it is asked so often. */
  readonly answer?: Answer | readonly Answer[];
  /** Fields of the last request that reaches the server; null = not sent. */
  readonly wire?: Readonly<Record<string, string | null>>;
  /** Body of the reply; left out, that of the answer. */
  readonly is?: string;
  /** 200, or the status of the answer. */
  readonly status?: number | null;
  /** Comes out of the cache; as a rule when the server was not asked, or said 304. */
  readonly stored?: boolean;
  /** Fields of the reply; null = not there. */
  readonly has?: Readonly<Record<string, string | null>>;
  readonly error?: number;
}

export interface Row {
  /** Section of RFC 9111, if no other RFC is named. */
  readonly of: string;
  readonly title: string;
  readonly steps: readonly Step[];
}

/** A server, a manager with a cache, and a clock. */
export class Scene {
  readonly server: Served;
  readonly manager = new ClockedManager();
  readonly cache: QAbstractNetworkCache | CacheStore;
  /** What the server is going to say, first things first; when nothing is left it should not have been asked. */
  script: Answer[] = [];
  readonly #folder: string;

  private constructor(server: Served, kind: Kind) {
    this.server = server;
    this.#folder = kind === 'disk' ? mkdtempSync(join(tmpdir(), 'stage-')) : '';
    this.cache = kind === 'late' ? new LateStore() : kind === 'disk' ? onDisk(this.#folder) : new QNetworkMemoryCache();
    this.manager.setCache(this.cache);
  }

  /** `answer`: what the server says when the script is at its end. */
  static async open(kind: Kind = 'memory', answer: (request: SeenRequest) => Answer = unasked): Promise<Scene> {
    let scene: Scene | null = null;
    const server = await serve({ routes: { '*': (request) => scene?.script.shift() ?? answer(request) } });
    scene = new Scene(server, kind);
    return scene;
  }

  get clock(): ManualClock {
    return this.manager.clock;
  }

  readonly at = (path = '/'): string => this.server.url(path);

  get(path = '/', headers: Readonly<Record<string, string>> = {}): QNetworkReply {
    return this.manager.get(this.at(path), { headers });
  }

  async text(path = '/', headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const reply = await whole(this.get(path, headers));
    return reply.readAll().toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.close();
    this.manager.deleteLater();
    await this.server.close();
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true });
  }
}

const unasked = (): Answer => ({ status: 599, body: 'should not have been asked' });

function onDisk(folder: string): QNetworkDiskCache {
  const cache = new QNetworkDiskCache();
  cache.setCacheDirectory(folder);
  return cache;
}

export function whole<R extends QNetworkReply>(reply: R, limit?: number): Promise<R> {
  return within(reply.whenFinished(), `the end of ${reply.url().toString()}`, limit) as Promise<R>;
}

export const isStored = (reply: QNetworkReply): boolean => reply.attribute(Attribute.SourceIsFromCacheAttribute) === true;

/** Plays the steps of a row one after the other. */
export async function play(row: Row, kind: Kind): Promise<void> {
  await using scene = await Scene.open(kind);
  for (const [i, step] of row.steps.entries()) await take(scene, step, `step ${i + 1}`);
}

async function take(scene: Scene, step: Step, name: string): Promise<void> {
  const answers = step.answer === undefined ? [] : Array.isArray(step.answer) ? step.answer : [step.answer];
  const last: Answer | undefined = answers.at(-1);
  scene.script = [...answers];
  scene.clock.advance((step.wait ?? 0) * 1000);
  const asked = scene.server.requests.length;
  const reply = await whole(send(scene, step));
  const validated = last?.status === 304 && step.status !== 304;
  const seen = {
    asked: scene.server.requests.length - asked,
    status: reply.attribute(Attribute.HttpStatusCodeAttribute),
    body: reply.isOpen() ? reply.readAll().toString() : '',
    stored: isStored(reply),
    has: picked(step.has, (field) => (reply.hasRawHeader(field) ? reply.rawHeader(field).toString() : null)),
    wire: picked(step.wire, (field) => scene.server.requests.at(-1)!.header(field) ?? null),
    ...(step.error === undefined ? {} : { error: reply.error() }),
  };
  const body = last === undefined || validated || step.method === 'HEAD' ? '' : String(last.body ?? '');
  expect(seen, name).toEqual({
    asked: answers.length,
    status: step.status !== undefined ? step.status : last === undefined || validated ? 200 : (last.status ?? 200),
    body: step.is ?? body,
    stored: step.stored ?? (last === undefined || validated),
    has: step.has ?? {},
    wire: step.wire ?? {},
    ...(step.error === undefined ? {} : { error: step.error }),
  });
}

function send({ manager, at }: Scene, step: Step): QNetworkReply {
  const { method = 'GET', path, send: headers = {}, body = null, load, save = true, partition = '', redirect = 'follow' } = step;
  const attributes = { CacheLoadControlAttribute: load ?? null, CacheSaveControlAttribute: save };
  const options: RequestOptions = { headers, attributes, partition, redirect };
  if (method === 'HEAD') return manager.head(at(path), options);
  if (method === 'GET' && body === null) return manager.get(at(path), options);
  return manager.sendCustomRequest(at(path), method, body, options);
}

function picked(
  wanted: Readonly<Record<string, string | null>> | undefined,
  get: (field: string) => string | null,
): Record<string, string | null> {
  return Object.fromEntries(Object.keys(wanted ?? {}).map((field) => [field, get(field)]));
}

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiagnoseOptions, FindingCode } from '../../../src/doctor.ts';
import { type ManagerOptions, QNetworkAccessManager, QNetworkProxy } from '../../../src/index.ts';
import { caPem } from '../../support/tls.ts';

/** Something to look at, made of real servers on loopback, and what is to be found. */
export interface Setup {
  readonly name: string;
  /** In this order; none = it is healthy. */
  readonly expected: readonly FindingCode[];
  make(ground: Ground): Promise<Situation> | Situation;
}

export interface Situation {
  readonly url: string;
  readonly options?: DiagnoseOptions;
}

/** What a set-up stands on; all of it goes when it is over. */
export class Ground {
  private readonly ends: (() => unknown)[] = [];

  /** A server, or a manager, that is closed in the end. */
  async use<T extends { close(): Promise<unknown> }>(thing: T | Promise<T>): Promise<T> {
    const it = await thing;
    this.ends.push(() => it.close());
    return it;
  }

  finally(end: () => unknown): void {
    this.ends.push(end);
  }

  /** One that trusts the authorities of the tests, and more if they are given. */
  manager(options: ManagerOptions = {}): QNetworkAccessManager {
    const manager = new QNetworkAccessManager({ extraCaCertificates: caPem(), ...options });
    this.ends.push(() => manager.close());
    return manager;
  }

  /** One that takes this proxy, whatever the URL. */
  proxied(proxy: string, options: ManagerOptions = {}): QNetworkAccessManager {
    const manager = this.manager(options);
    manager.setProxy(QNetworkProxy.fromUrl(proxy));
    return manager;
  }

  /** A port that nobody listens on. */
  async freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as { port: number };
    await new Promise((done) => server.close(done));
    return port;
  }

  async folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'doctor-'));
    this.ends.push(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  async clear(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }
}

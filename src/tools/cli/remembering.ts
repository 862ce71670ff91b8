import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import type * as Api from '../../index.ts';
import type { StorePlan } from './args.ts';
import { LocalFileError } from './local-file.ts';

/** Gives a manager what is to be remembered from one run to the next. */
export class Remembering {
  private readonly manager: Api.QNetworkAccessManager;
  private readonly plan: StorePlan;
  private readonly jar: Api.QPersistentCookieJar | null;

  /** Throws a LocalFileError when something cannot be read. */
  constructor(api: typeof Api, manager: Api.QNetworkAccessManager, plan: StorePlan) {
    this.manager = manager;
    this.plan = plan;
    this.jar = plan.cookieJar === undefined ? null : openJar(api, plan.cookieJar);
    if (this.jar !== null) manager.setCookieJar(this.jar);
    if (plan.cache !== undefined) {
      useFolder(plan.cache);
      const cache = new api.QNetworkDiskCache();
      cache.setCacheDirectory(plan.cache);
      manager.setCache(cache);
    }
    if (plan.hsts === undefined) return;
    // '' is a directory of the library's choice
    if (plan.hsts !== '') useFolder(plan.hsts);
    manager.setStrictTransportSecurityEnabled(true);
    manager.enableStrictTransportSecurityStore(true, plan.hsts);
  }

  /** When all is written. Rejects with a LocalFileError when it cannot be. */
  async keep(): Promise<void> {
    if (this.plan.hsts !== undefined) await this.manager.close();
    await this.jar?.save().catch((problem: unknown) => {
      throw new LocalFileError('write', this.jar!.fileName(), problem);
    });
  }
}

/** The library remembers what it can and fails no request for it; who names a folder here wants to hear that it cannot be used. */
function useFolder(path: string): void {
  try {
    if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (problem) {
    throw new LocalFileError('use', path, problem);
  }
}

function openJar(api: typeof Api, path: string): Api.QPersistentCookieJar {
  try {
    const jar = new api.QPersistentCookieJar(path);
    // a login that is good for a session is good for several runs
    jar.setKeepSessionCookies(true);
    jar.load();
    // told by `keep`
    jar.saveFailed.connect(() => {});
    return jar;
  } catch (problem) {
    const known = (problem as NodeJS.ErrnoException).code !== undefined;
    throw new LocalFileError('use', path, known ? problem : { message: 'it is no file of cookies that this version can read' });
  }
}

import type { HstsEntry, HstsStore } from '../../contract/hsts.ts';
import type { Engine } from '../../engine/assembly.ts';
import { KnownHosts } from '../../stores/hsts/known-hosts.ts';
import { StoredHosts } from '../../stores/hsts/stored-hosts.ts';
import { cacheDirectory } from '../../system/cache-directory.ts';

/** Strict transport security of one manager. */
export class HstsDesk {
  private readonly engine: Engine;
  /** Whether the known hosts outlive the process. */
  stored = false;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get enabled(): boolean {
    return this.engine.hsts.enabled;
  }
  set enabled(enabled: boolean) {
    this.engine.hsts.enabled = enabled;
  }

  /** The known hosts by name. */
  hosts(): HstsEntry[] {
    return this.engine.hsts.hosts.entries().sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  /** An entry that has expired takes the host out. */
  add(entries: readonly HstsEntry[]): void {
    for (const entry of entries) this.engine.hsts.hosts.note(entry);
  }

  /** What is known already is known better than what was stored, as in Qt. '' is the user's own cache directory. */
  storeIn(directory: string): void {
    const { clock } = this.engine;
    const place = directory === '' ? cacheDirectory() : directory;
    this.stored = true;
    this.moveTo(new StoredHosts(place, clock, warning(place)));
  }

  /** Nothing is forgotten, but nothing is stored any more. */
  storeNowhere(): void {
    if (!this.stored) return;
    this.stored = false;
    this.moveTo(new KnownHosts(this.engine.clock));
  }

  private moveTo(hosts: HstsStore): void {
    const { hsts } = this.engine;
    for (const entry of hsts.hosts.entries()) hosts.note(entry);
    void hsts.hosts.flush?.();
    hsts.hosts = hosts;
  }

  async flush(): Promise<void> {
    await this.engine.hsts.hosts.flush?.();
  }
}

/** No request fails because of a store, so somebody else has to be told: Node.js prints it, once a store. */
function warning(directory: string): (problem: unknown) => void {
  let told = false;
  return (problem) => {
    if (told) return;
    told = true;
    const why = problem instanceof Error ? problem.message : String(problem);
    process.emitWarning(
      `Strict transport security: hosts cannot be kept in ${directory} (${why}). They are known until the process ends; ` +
        'give enableStrictTransportSecurityStore() a directory that can be written.',
      { code: 'QNETWORK_HSTS_STORE' },
    );
  };
}

import { WORLD, type World } from '../../contract/door.ts';
import { Desk } from '../bridge/desk.ts';
import type { ReplyOwner } from '../bridge/reply-owner.ts';
import { QObject } from '../core/qobject.ts';
import type { AuthenticationSettings } from './authentication-options.ts';
import { entryOf, policyOf, QHstsPolicy } from './qhstspolicy.ts';

/** The desk of a new manager. */
export let openDesk: (manager: HstsManager & ReplyOwner, authentication: AuthenticationSettings) => Desk;
/** The desk that was opened for a manager. */
export let deskOf: (manager: HstsManager) => Desk;

/** Strict transport security (RFC 6797) of QNetworkAccessManager: servers that want to be reached over TLS only are. */
export class HstsManager extends QObject {
  #desk!: Desk;

  static {
    openDesk = (manager, authentication) => {
      manager.#desk = new Desk(manager, { authentication });
      return manager.#desk;
    };
    deskOf = (manager) => manager.#desk;
  }

  /**
   * Whether servers are heard that want to be reached over TLS only (Strict-Transport-Security), and are reached so: `http` becomes
   * `https` and port 80 becomes 443 before anything is sent, for redirects too; `url()` and `request()` of the reply show it. The
   * certificate errors of such a host cannot be ignored. Off unless enabled. Qt 5.9.
   */
  setStrictTransportSecurityEnabled(enabled: boolean): void {
    this.#desk.hsts.enabled = enabled === true;
  }

  /** Qt 5.9. */
  isStrictTransportSecurityEnabled(): boolean {
    return this.#desk.hsts.enabled;
  }

  /**
   * Whether known hosts are kept in a file of `storeDir`, to be known when the program runs again; '' is `qnetwork` in the user's cache
   * directory. Several processes may share it. What is known already goes before what was stored. No error comes when the directory
   * cannot be used: a warning of Node.js says so, with the code `QNETWORK_HSTS_STORE`. Throws a TypeError for a directory that is no
   * string. Off unless enabled. Qt 5.10.
   */
  enableStrictTransportSecurityStore(enabled: boolean, storeDir = ''): void {
    if (typeof storeDir !== 'string') {
      throw new TypeError(
        `QNetworkAccessManager.enableStrictTransportSecurityStore expects a directory as a string; got ${String(storeDir)}.`,
      );
    }
    if (enabled === true) this.#desk.hsts.storeIn(storeDir);
    else this.#desk.hsts.storeNowhere();
  }

  /** Qt 5.10. */
  isStrictTransportSecurityStoreEnabled(): boolean {
    return this.#desk.hsts.stored;
  }

  /**
   * Adds hosts that are known to want TLS, also while strict transport security is off; a policy that has expired takes its host out.
   * Addresses cannot be known (RFC 6797 8.1.1) and are passed over. Throws a TypeError for what is no list of policies. Qt 5.9.
   */
  addStrictTransportSecurityHosts(knownHosts: Iterable<QHstsPolicy>): void {
    const where = 'QNetworkAccessManager.addStrictTransportSecurityHosts';
    const policies = Array.from(knownHosts);
    const odd = policies.findIndex((policy) => !(policy instanceof QHstsPolicy));
    if (odd >= 0) throw new TypeError(`${where} expects a list of QHstsPolicy; got ${String(policies[odd])} in it.`);
    this.#desk.hsts.add(policies.map(entryOf).filter((entry) => entry !== null));
  }

  /** The hosts that are known now, those that servers have added among them, by name. Qt 5.9. */
  strictTransportSecurityHosts(): QHstsPolicy[] {
    return this.#desk.hsts.hosts().map(policyOf);
  }

  /** @internal For tests: the manager runs on a network and a clock of theirs. */
  [WORLD](world: World): void {
    this.assertAlive('network.manager()');
    this.#desk.moveTo(world);
  }
}

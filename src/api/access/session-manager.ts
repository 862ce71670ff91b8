import { State } from '../bearer/bearer-enums.ts';
import { ANY, isOnline } from '../bearer/configurations.ts';
import { machine } from '../bearer/machine.ts';
import { configurationCalled, QNetworkConfiguration } from '../bearer/qnetworkconfiguration.ts';
import { QNetworkSession } from '../bearer/qnetworksession.ts';
import { OFFLINE, SessionAccess } from '../bridge/session-access.ts';
import { peekSignal, QOBJECT_SIGNALS } from '../core/qobject.ts';
import type { Signal } from '../core/signal.ts';
import { NetworkAccessibility } from './access-enums.ts';
import { deskOf } from './hsts-manager.ts';
import { ProxyManager } from './proxy-manager.ts';

const ACCESSIBLE_CHANGED = QOBJECT_SIGNALS + 6;
const SESSION_CONNECTED = QOBJECT_SIGNALS + 7;

const { NotAccessible, Accessible, UnknownAccessibility } = NetworkAccessibility;

/** What there is of a session. */
interface Use {
  readonly session: QNetworkSession;
  readonly access: SessionAccess;
}

/** The network session of QNetworkAccessManager (Qt 4.7 to 5.15), and whether it may use the network. */
export abstract class SessionManager extends ProxyManager {
  /** null = none was set. */
  private _configuration: QNetworkConfiguration | null = null;
  private _use: Use | null = null;
  /** null = nothing was set. */
  private _allowed: NetworkAccessibility | null = null;
  private _online = false;

  /** {@link networkAccessible} is another one. Qt 4.7. */
  get networkAccessibleChanged(): Signal<[accessible: NetworkAccessibility]> {
    return this.sig(ACCESSIBLE_CHANGED);
  }

  /** The manager's session was opened, or is connected again after roaming. Qt 4.7. */
  get networkSessionConnected(): Signal {
    return this.sig(SESSION_CONNECTED);
  }

  /** The configuration that was set; the default of QNetworkConfigurationManager unless one was. Qt 4.7. */
  configuration(): QNetworkConfiguration {
    return this._configuration === null ? configurationCalled(ANY) : new QNetworkConfiguration(this._configuration);
  }

  /**
   * Has requests made from now on leave through a network session of this configuration: from the addresses of its interface, and when that is gone, over
   * another one of a service network. The first request opens the session, and requests wait while it connects or roams; those to this machine itself need none.
   * About two minutes after the last request it is closed. An invalid configuration is no session, as it is unless one was set: requests leave as the
   * system likes. Throws a TypeError for what is no configuration. Qt 4.7.
   *
   *     manager.setConfiguration(new QNetworkConfigurationManager().defaultConfiguration());
   */
  setConfiguration(config: QNetworkConfiguration): void {
    this.assertAlive('setConfiguration');
    if (!(config instanceof QNetworkConfiguration))
      throw new TypeError(`QNetworkAccessManager.setConfiguration expects a QNetworkConfiguration; got ${String(config)}.`);
    if (this._use !== null && this._configuration?.equals(config) === true && config.isValid()) return;
    const before = this.networkAccessible();
    this._configuration = new QNetworkConfiguration(config);
    this._use?.access.retire();
    this._use = config.isValid() ? this._made(config) : null;
    this._online = this._use !== null && connected(this._use.session.state());
    this._admit();
    this._tellChange(before);
  }

  private _made(config: QNetworkConfiguration): Use {
    const session = new QNetworkSession(config);
    const desk = deskOf(this);
    const host = {
      busy: () => desk.busy,
      lost: desk.leave.bind(desk),
    };
    const made = { session, access: new SessionAccess(session, host, machine().clock) };
    let last = session.state();
    session.stateChanged.connect(this, (state) => {
      const roamed = last === State.Roaming && state === State.Connected;
      last = state;
      if (this._use === made) this._moved(state, roamed);
    });
    session.opened.connect(this, () => {
      if (this._use === made) peekSignal(this, SESSION_CONNECTED)?.emit();
    });
    return made;
  }

  private _moved(state: QNetworkSession.State, roamed: boolean): void {
    const before = this.networkAccessible();
    this._online = connected(state);
    this._tellChange(before);
    if (roamed) peekSignal(this, SESSION_CONNECTED)?.emit();
  }

  /** The interface that the session is on; without a session, or a way, {@link configuration}. Qt 4.7. */
  activeConfiguration(): QNetworkConfiguration {
    const [link] = this._use?.session._links() ?? [];
    return link === undefined ? this.configuration() : configurationCalled(link.name);
  }

  /**
   * NotAccessible when it was set so, or the session has no way; UnknownAccessibility without a session; else Accessible. With the option `offlinePolicy:
   * 'qt5'` what was set last; else, without a session, whether any interface is up. Qt 4.7.
   */
  networkAccessible(): NetworkAccessibility {
    const allowed = this._allowed;
    if (this._offline === 'qt5' && allowed !== null) return allowed;
    if (allowed === NotAccessible) return NotAccessible;
    if (this._use !== null) return this._online ? (allowed ?? Accessible) : NotAccessible;
    if (this._offline === 'qt4' || this._configuration !== null) return UnknownAccessibility;
    return isOnline(machine().configurations()) ? Accessible : NotAccessible;
  }

  /**
   * Whether requests made from now on may use the network. NotAccessible: all but those for data:, file:, qrc: and what is only looked up in the cache end
   * with UnknownNetworkError; see the option `offlinePolicy`. What runs goes on. Throws a TypeError for what is no NetworkAccessibility. Qt 4.7.
   */
  setNetworkAccessible(accessible: NetworkAccessibility): void {
    this.assertAlive('setNetworkAccessible');
    if (typeof accessible !== 'number' || NetworkAccessibility[accessible] === undefined) {
      const got = `got ${String(accessible)}`;
      throw new TypeError(`QNetworkAccessManager.setNetworkAccessible expects NetworkAccessibility; ${got}.`);
    }
    const before = this.networkAccessible();
    this._allowed = accessible;
    this._admit();
    this._tellChange(before);
  }

  private _tellChange(before: NetworkAccessibility): void {
    const now = this.networkAccessible();
    if (now !== before) peekSignal(this, ACCESSIBLE_CHANGED)?.emit(now);
  }

  /** How the requests from now on leave. */
  private _admit(): void {
    const offline = this._allowed === NotAccessible && this._offline === 'qt4';
    this._settle({ access: offline ? OFFLINE : (this._use?.access ?? null) });
  }

  /** @internal Closes the session; the next request opens it again. */
  protected _releaseSession(): void {
    this._use?.access.close();
  }

  protected override destructing(): void {
    this._use?.access.end();
    this._use = null;
    super.destructing();
  }
}

function connected(state: QNetworkSession.State): boolean {
  return state === State.Connected || state === State.Roaming;
}

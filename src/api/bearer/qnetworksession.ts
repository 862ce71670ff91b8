import type { Timer } from '../../contract/clock.ts';
import type { Link } from '../../contract/links.ts';
import { type CallableSignal, callableSignal } from '../access/callable-signal.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { isDestroyed, peekSignal, QOBJECT_SIGNALS, type QObject } from '../core/qobject.ts';
import type { Signal } from '../core/signal.ts';
import {
  SessionError,
  type SessionError as SessionErrorNumber,
  State,
  type State as StateNumber,
  UsagePolicy,
} from './bearer-enums.ts';
import { NoticingObject } from './noticing-object.ts';
import { configurationCalled, QNetworkConfiguration } from './qnetworkconfiguration.ts';
import { interfaceFrom, type QNetworkInterface } from './qnetworkinterface.ts';
import { type Companion, SessionCourse, type SessionHost } from './session-course.ts';
import type { Told } from './session-state.ts';
import { ERROR_TEXTS } from './session-words.ts';

const NAMES = [
  ...(['stateChanged', 'opened', 'closed', 'error'] as const),
  ...(['preferredConfigurationChanged', 'newConfigurationActivated', 'usagePoliciesChanged'] as const),
];
type Name = (typeof NAMES)[number];
const index = (name: Name): number => QOBJECT_SIGNALS + NAMES.indexOf(name);

const BACKGROUND = 'ConnectInBackground';
const AUTO_CLOSE = 'AutoCloseSessionTimeout';

/**
 * The use of a way to the network (Qt: QNetworkSession, 4.7 to 5.15). Opened on an interface it stays with that one; opened on the service network it
 * is on the best interface that is up, and moves to another when that one is gone. The manager makes one by itself, see
 * {@link QNetworkAccessManager.setConfiguration}; one of your own tells what becomes of a way, and can close it for all.
 *
 *     const session = new QNetworkSession(new QNetworkConfigurationManager().defaultConfiguration());
 *     session.stateChanged.connect((state) => console.log(QNetworkSession.State[state]));
 *     session.open();
 *
 * To say itself when to move, a program connects to preferredConfigurationChanged of an open session and answers by {@link migrate} or {@link ignore};
 * all sessions of the configuration go along, that of a manager too. Open, or with somebody
 * connected, a session follows the machine; that keeps no process alive. As in PyQt a session that the program forgets is gone: keep it, or
 * give it a parent.
 */
export class QNetworkSession extends withEnums(NoticingObject, { State, SessionError, UsagePolicy }) implements SessionHost {
  private readonly _configuration: QNetworkConfiguration;
  private readonly _course: SessionCourse;
  /** preferredConfigurationChanged was connected. */
  private _choosy = false;
  private _looking = false;
  private readonly _properties = new Map<string, unknown>();
  private _autoClose: Timer | null = null;
  private _errorFace: CallableSignal<SessionErrorNumber, [error: SessionErrorNumber]> | undefined;

  /** A session that is not open. Throws a TypeError for what is no configuration; with an invalid one it cannot be opened. */
  constructor(connConfig: QNetworkConfiguration, parent: QObject | null = null) {
    super(parent);
    if (!(connConfig instanceof QNetworkConfiguration))
      throw new TypeError(`new QNetworkSession() expects a QNetworkConfiguration; got ${String(connConfig)}.`);
    this._configuration = new QNetworkConfiguration(connConfig);
    this._course = new SessionCourse(this, connConfig.identifier());
    if (!connConfig.isValid()) this._course.fault = SessionError.InvalidConfigurationError;
  }

  // ---- signals

  /** The state is another one. */
  get stateChanged(): Signal<[state: StateNumber]> {
    return this.sig(index('stateChanged'));
  }

  get opened(): Signal {
    return this.sig(index('opened'));
  }

  /** Closed by {@link close}, by stop() of any session of the configuration, or because there is no way any more. */
  get closed(): Signal {
    return this.sig(index('closed'));
  }

  /** Called: what went wrong last. With `connect` and its kin the signal of that, which comes after `closed`. */
  get error(): CallableSignal<SessionErrorNumber, [error: SessionErrorNumber]> {
    this._errorFace ??= callableSignal<SessionErrorNumber, [error: SessionErrorNumber]>(
      () => this._course.fault,
      () => this.sig(index('error')),
    );
    return this._errorFace;
  }

  /** There is a better way, or the one that was used is lost: answer by migrate() or ignore(). `isSeamless` is false: connections do not survive it. */
  get preferredConfigurationChanged(): Signal<[config: QNetworkConfiguration, isSeamless: boolean]> {
    return this.sig(index('preferredConfigurationChanged'));
  }

  /** The session is on another way now. After migrate(): try it, then accept() or reject(). */
  get newConfigurationActivated(): Signal {
    return this.sig(index('newConfigurationActivated'));
  }

  /** Qt 5.0. */
  get usagePoliciesChanged(): Signal<[usagePolicies: QNetworkSession.UsagePolicies]> {
    return this.sig(index('usagePoliciesChanged'));
  }

  // ---- looking

  /** True from `opened` to `closed`, also while it roams. */
  isOpen(): boolean {
    return this._course.standing.open;
  }

  /** The configuration it was made with. */
  configuration(): QNetworkConfiguration {
    return new QNetworkConfiguration(this._configuration);
  }

  /** The interface that is used; an invalid one unless the session is connected, or tries another way. */
  interface(): QNetworkInterface {
    this._course.refresh();
    return interfaceFrom(this._links()[0] ?? null);
  }

  /**
   * Invalid: there is no such configuration. NotAvailable: its interface is down. Connected: it is up, whether this session is open or not. Connecting: it is
   * to be up soon. Roaming: the interface is lost, or another one is tried. Closing, Disconnected: the session came to its end, or all were stopped.
   */
  state(): StateNumber {
    this._course.refresh();
    return this._course.standing.state;
  }

  /** What {@link error} tells, in words. */
  errorString(): string {
    return this._configuration.identifier() === '' ? 'Invalid configuration.' : ERROR_TEXTS[this._course.fault];
  }

  /** Bytes that the interface has sent since the session was opened, those of others too; 0 where the machine does not count. */
  bytesWritten(): number {
    return this._course.traffic.counted().sent;
  }

  /** Bytes that the interface has received since the session was opened, those of others too; 0 where the machine does not count. */
  bytesReceived(): number {
    return this._course.traffic.counted().received;
  }

  /** Whole seconds since the session was opened; 0 when it is not open. */
  activeTime(): number {
    return this._course.standing.open ? Math.floor((this._course.machine.clock.now() - this._course.openedAt) / 1000) : 0;
  }

  /**
   * ActiveConfiguration: the identifier of the interface that is used, '' unless open. UserChoiceConfiguration: ''. ConnectInBackground: false unless set; nobody
   * is ever asked for a connection here. AutoCloseSessionTimeout: milliseconds after which an open session closes, -1 = never. Others: as they were set.
   */
  sessionProperty(key: string): unknown {
    if (key === 'ActiveConfiguration') return this._course.standing.active;
    if (key === 'UserChoiceConfiguration') return '';
    return this._properties.get(key) ?? { [BACKGROUND]: false, [AUTO_CLOSE]: -1 }[key];
  }

  /**
   * Sets a property; undefined takes it away. The first two of {@link sessionProperty} cannot be set. The time of AutoCloseSessionTimeout begins with this call, or when the
   * session is opened. Throws a TypeError for a value that does not fit.
   */
  setSessionProperty(key: string, value: unknown): void {
    if (key === 'ActiveConfiguration' || key === 'UserChoiceConfiguration') return;
    checkProperty(key, value);
    if (value === undefined) this._properties.delete(key);
    else this._properties.set(key, value);
    if (key === AUTO_CLOSE) this._turned();
  }

  /** A sum of UsagePolicy; NoPolicy unless set. Qt 5.0. */
  usagePolicies(): QNetworkSession.UsagePolicies {
    return this._course.policies;
  }

  /**
   * Sets how all sessions of the configuration are to be used, that of a manager too. With NoBackgroundTrafficPolicy requests with BackgroundRequestAttribute end with
   * BackgroundRequestNotAllowedError, those that run too. In Qt the platform says so; here nobody else does.
   */
  setUsagePolicies(policies: QNetworkSession.UsagePolicies): void {
    if (policies !== UsagePolicy.NoPolicy && policies !== UsagePolicy.NoBackgroundTrafficPolicy)
      throw new TypeError(`QNetworkSession.setUsagePolicies expects QNetworkSession.UsagePolicy; got ${String(policies)}.`);
    if (policies !== this._course.policies) this._course.setPolicies(policies);
  }

  // ---- opening and closing

  /** Opens it: at once when the interface is up; `error` comes when it is not, and is not about to be. An open session stays as it is. */
  open(): void {
    this.assertAlive('open');
    this._course.open();
  }

  /** Closes this session; others of the configuration stay open. */
  close(): void {
    this._course.happens('close');
  }

  /** Closes all sessions of the configuration, the others with SessionAbortedError. It is Disconnected until one of them is opened again. */
  stop(): void {
    this._course.stop();
  }

  /** Whether the session is open. Nothing can be waited for here: see {@link whenOpened}. */
  waitForOpened(_msecs = 30_000): boolean {
    return this.isOpen();
  }

  /** Resolves when the session is open, at once if it is; rejects when opening it fails or has failed, and when it is deleted. Not in Qt. */
  whenOpened(): Promise<this> {
    return new Promise((resolve, reject) => {
      const settled = (): boolean => {
        if (this.isOpen()) resolve(this);
        else if (this._course.failed || isDestroyed(this)) reject(this._problem());
        else return false;
        return true;
      };
      if (settled()) return;
      const look = (): void => {
        if (settled()) end();
      };
      const end = this._accompany({ moved() {}, told: look });
    });
  }

  private _problem(): Error {
    const why = isDestroyed(this) ? 'The session was deleted.' : this.errorString();
    const way = this._configuration.name();
    return Object.assign(new Error(`QNetworkSession.whenOpened(), ${way === '' ? 'invalid' : way}: ${why}`), {
      code: SessionError[this._course.fault],
    });
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
    this.deleteLater();
  }

  // ---- roaming

  /** Moves to the way that preferredConfigurationChanged has told: newConfigurationActivated comes. */
  migrate(): void {
    this._course.happens('migrate');
  }

  /** Stays, and hears no more of the way that was told. */
  ignore(): void {
    this._course.happens('ignore');
  }

  /** The new way is good; connections of the old one are given up. */
  accept(): void {
    this._course.happens('accept');
  }

  /** The new way is not good: back to the old one, if that is still there. */
  reject(): void {
    this._course.happens('reject');
  }

  /**
   * Somebody has connected to a signal, which is told by name. As in Qt it is this that makes the session ask before it moves, so an override calls
   * super for `preferredConfigurationChanged`.
   */
  protected connectNotify(signal: string): void {
    if (signal === 'preferredConfigurationChanged') this._choosy = true;
  }

  /** Somebody has left a signal. When nobody is left at preferredConfigurationChanged the session moves by itself again. */
  protected disconnectNotify(signal: string): void {
    if (signal === 'preferredConfigurationChanged' && !this._hears(signal)) this._choosy = false;
  }

  private _hears(name: Name): boolean {
    return (peekSignal(this, index(name))?.size ?? 0) > 0;
  }

  // ---- SessionHost

  /** @internal */
  get _gone(): boolean {
    return isDestroyed(this);
  }

  /** @internal */
  get _hasListeners(): boolean {
    return this._heard;
  }

  /** @internal */
  get _asks(): boolean {
    return this._choosy && this._hears('preferredConfigurationChanged');
  }

  /** @internal */
  _tell(told: Told): void {
    const signal = peekSignal(this, index(told.signal));
    if (signal === undefined) return;
    if (told.signal === 'stateChanged') signal.emit(told.state);
    else if (told.signal === 'error') signal.emit(told.error);
    else if (told.signal === 'preferredConfigurationChanged') signal.emit(configurationCalled(told.way), false);
    else signal.emit();
  }

  /** @internal */
  _turned(): void {
    this._autoClose?.cancel();
    const ms = this._properties.get(AUTO_CLOSE);
    const runs = this.isOpen() && typeof ms === 'number' && ms > 0;
    this._autoClose = runs ? this._course.machine.clock.after(ms, () => this.close()) : null;
  }

  /** @internal */
  _policed(policies: number): void {
    peekSignal(this, index('usagePoliciesChanged'))?.emit(policies);
  }

  /** @internal */
  _connectTimeout(): number {
    return this._configuration.connectTimeout();
  }

  /** @internal */
  protected override _noticed(signal: number, connected: boolean): void {
    if (isDestroyed(this)) return;
    this._course.follow();
    const name = NAMES[signal - QOBJECT_SIGNALS]!;
    if (connected) this.connectNotify(name);
    else this.disconnectNotify(name);
    if (name !== 'preferredConfigurationChanged' || this._looking) return;
    // what there is to be told comes after the call
    this._looking = true;
    this._course.machine.clock.soon(() => {
      this._looking = false;
      this._course.reconsider();
    });
  }

  /** @internal Tells a companion until the function returned is called. */
  _accompany(companion: Companion): () => void {
    return this._course.accompany(companion);
  }

  /** @internal Opening it may help, also those who have waited for it already. */
  _openable(waited: boolean): boolean {
    return this._course.openable(waited);
  }

  /** @internal The interfaces in use, the one for new connections first. */
  _links(): Link[] {
    return this._course.links();
  }

  /** @internal Looks at the interfaces before the system tells. */
  _recheck(): void {
    this._course.machine.recheck();
  }

  protected override destructing(): void {
    this._autoClose?.cancel();
    this._course.end();
    super.destructing();
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkSession {
  type State = EnumValue<typeof State>;
  type SessionError = EnumValue<typeof SessionError>;
  type UsagePolicy = EnumValue<typeof UsagePolicy>;
  /** A sum of policies. */
  type UsagePolicies = number;
}

function checkProperty(key: string, value: unknown): void {
  const where = `QNetworkSession.setSessionProperty: ${key}`;
  if (value === undefined) return;
  if (key === BACKGROUND && typeof value !== 'boolean')
    throw new TypeError(`${where} expects true or false; got ${String(value)}.`);
  if (key === AUTO_CLOSE && !(Number.isSafeInteger(value) && (value as number) >= -1))
    throw new TypeError(`${where} expects milliseconds, or -1; got ${String(value)}.`);
}

import { afterTurn } from '../../base/clock.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { isDestroyed, peekSignal, QOBJECT_SIGNALS } from '../core/qobject.ts';
import type { Signal } from '../core/signal.ts';
import { Capability } from './bearer-enums.ts';
import { ANY, type Configured, isOnline } from './configurations.ts';
import { type Follower, type Machine, machine, type Place } from './machine.ts';
import { NoticingObject } from './noticing-object.ts';
import { configurationCalled, QNetworkConfiguration } from './qnetworkconfiguration.ts';

const ADDED = QOBJECT_SIGNALS;
const REMOVED = QOBJECT_SIGNALS + 1;
const CHANGED = QOBJECT_SIGNALS + 2;
const ONLINE_STATE_CHANGED = QOBJECT_SIGNALS + 3;
const UPDATE_COMPLETED = QOBJECT_SIGNALS + 4;

/**
 * The ways to the network that this machine has (Qt: QNetworkConfigurationManager, 4.7 to 5.15): its interfaces but the loopback one, and the
 * service network of all of them. The machine is watched while somebody is connected to a signal; that keeps no process alive. As in PyQt an object that
 * the program forgets is gone with its connections: keep it, or give it a parent.
 *
 *     const configurations = new QNetworkConfigurationManager();
 *     configurations.onlineStateChanged.connect((online) => console.log(online ? 'online' : 'offline'));
 *     for (const one of configurations.allConfigurations()) console.log(one.name(), one.state());
 */
export class QNetworkConfigurationManager extends withEnums(NoticingObject, { Capability }) implements Follower {
  private readonly machine: Machine = machine();
  private readonly place: Place = this.machine.add(this);

  // ---- signals

  /** There is a new interface. */
  get configurationAdded(): Signal<[config: QNetworkConfiguration]> {
    return this.sig(ADDED);
  }

  /** An interface is gone. Its configuration is not valid any more, and keeps name and identifier. */
  get configurationRemoved(): Signal<[config: QNetworkConfiguration]> {
    return this.sig(REMOVED);
  }

  /** The state of a configuration, its bearer or its children are others now. */
  get configurationChanged(): Signal<[config: QNetworkConfiguration]> {
    return this.sig(CHANGED);
  }

  /** See {@link isOnline}. */
  get onlineStateChanged(): Signal<[isOnline: boolean]> {
    return this.sig(ONLINE_STATE_CHANGED);
  }

  /** What {@link updateConfigurations} has begun is done. */
  get updateCompleted(): Signal {
    return this.sig(UPDATE_COMPLETED);
  }

  // ---- looking

  /**
   * What there is: connections of a session leave by its interface, sessions roam by themselves or as the program says, bytes are counted. Interfaces
   * are not started and stopped, and nothing requires a session.
   */
  capabilities(): QNetworkConfigurationManager.Capabilities {
    const { DirectConnectionRouting, ApplicationLevelRoaming, ForcedRoaming, DataStatistics } = Capability;
    return DirectConnectionRouting | ApplicationLevelRoaming | ForcedRoaming | DataStatistics;
  }

  /** The service network of all interfaces, 'Any network'. */
  defaultConfiguration(): QNetworkConfiguration {
    return configurationCalled(ANY);
  }

  /** Those whose state has all of the flags: the service network, then the interfaces, best first. All of them unless flags are given. */
  allConfigurations(flags: QNetworkConfiguration.StateFlags = 0): QNetworkConfiguration[] {
    if (!Number.isInteger(flags)) {
      const where = 'QNetworkConfigurationManager.allConfigurations';
      throw new TypeError(`${where} expects QNetworkConfiguration.StateFlag; got ${String(flags)}.`);
    }
    return this.machine
      .configurations()
      .filter(({ state }) => (state & flags) === flags)
      .map(({ id }) => configurationCalled(id));
  }

  /** An invalid configuration when there is none. */
  configurationFromIdentifier(identifier: string): QNetworkConfiguration {
    const known = this.machine.configurations().some(({ id }) => id === identifier);
    return known ? configurationCalled(identifier) : new QNetworkConfiguration();
  }

  /** True while an interface is up, whether or not it leads to the Internet. */
  isOnline(): boolean {
    return isOnline(this.machine.configurations());
  }

  /** Looks at the machine anew. What has changed is told in a later turn, and then updateCompleted always. */
  updateConfigurations(): void {
    this.assertAlive('updateConfigurations');
    afterTurn(() => {
      if (isDestroyed(this)) return;
      this.machine.look();
      peekSignal(this, UPDATE_COMPLETED)?.emit();
    });
  }

  // ---- following the machine

  /** @internal */
  _linksMoved(before: readonly Configured[], now: readonly Configured[]): void {
    const tell = (signal: number, { id }: Configured): void => {
      if (!isDestroyed(this)) peekSignal(this, signal)?.emit(configurationCalled(id));
    };
    for (const one of before) if (!now.some(({ id }) => id === one.id)) tell(REMOVED, one);
    for (const one of now) {
      const old = before.find(({ id }) => id === one.id);
      if (old === undefined) tell(ADDED, one);
      else if (!same(old, one)) tell(CHANGED, one);
    }
    if (isDestroyed(this)) return;
    const online = isOnline(now);
    if (isOnline(before) !== online) peekSignal(this, ONLINE_STATE_CHANGED)?.emit(online);
    if (!isDestroyed(this)) this._noticed();
  }

  /** @internal */
  protected override _noticed(): void {
    this.machine.need(this.place, this._heard && !isDestroyed(this));
  }

  protected override destructing(): void {
    this.machine.remove(this.place);
    super.destructing();
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkConfigurationManager {
  type Capability = EnumValue<typeof Capability>;
  /** Joined by `|`. */
  type Capabilities = number;
}

function same(a: Configured, b: Configured): boolean {
  return a.state === b.state && a.bearer === b.bearer && a.children.join('\0') === b.children.join('\0');
}

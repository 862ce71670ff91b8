import { type EnumValue, withEnums } from '../core/enums.ts';
import {
  BearerType,
  type BearerType as BearerTypeNumber,
  Purpose,
  type Purpose as PurposeNumber,
  StateFlag,
  Type,
  type Type as TypeNumber,
} from './bearer-enums.ts';
import { ANY, type Configured } from './configurations.ts';
import { machine } from './machine.ts';

/** The configuration with this identifier; what is not there any more keeps its name. */
export let configurationCalled: (id: string) => QNetworkConfiguration;

const CONNECT_TIMEOUT = 30_000;

/**
 * A way to the network (Qt: QNetworkConfiguration, 4.7 to 5.15): an interface of the machine, or all of them together as the service network
 * "Any network", among which a session roams. It comes from QNetworkConfigurationManager, and always tells how things are now.
 *
 *     const [first] = new QNetworkConfigurationManager().allConfigurations(QNetworkConfiguration.Active);
 *     console.log(first?.name(), first?.bearerTypeName()); // eth0 Ethernet
 */
export class QNetworkConfiguration extends withEnums({ Type, Purpose, StateFlag, BearerType }) {
  /** '' = invalid. */
  #id = '';

  static {
    configurationCalled = (id) => {
      const made = new QNetworkConfiguration();
      made.#id = id;
      return made;
    };
  }

  /** An invalid configuration, or another one for the same. Throws a TypeError for what is no configuration. */
  constructor(other?: QNetworkConfiguration) {
    super();
    if (other === undefined) return;
    if (!(other instanceof QNetworkConfiguration)) {
      const way = 'QNetworkConfigurationManager.configurationFromIdentifier() finds one';
      throw new TypeError(`new QNetworkConfiguration() expects another one; got ${String(other)}. ${way}.`);
    }
    this.#id = other.#id;
  }

  private get now(): Configured | undefined {
    return this.#id === ''
      ? undefined
      : machine()
          .configurations()
          .find(({ id }) => id === this.#id);
  }

  /** True when both stand for the same. */
  equals(other: QNetworkConfiguration): boolean {
    return this.#id === other.#id;
  }

  /** True while there is what it stands for. */
  isValid(): boolean {
    return this.now !== undefined;
  }

  /** Active: the interface, or one of the service network, is up. Discovered: it waits for an address. Defined: it is down. Undefined: it is not there. */
  state(): StateFlag {
    return this.now?.state ?? StateFlag.Undefined;
  }

  /** InternetAccessPoint for an interface, ServiceNetwork for all together, else Invalid. */
  type(): TypeNumber {
    if (this.#id === '') return Type.Invalid;
    return this.#id === ANY ? Type.ServiceNetwork : Type.InternetAccessPoint;
  }

  /** UnknownPurpose: no system tells. */
  purpose(): PurposeNumber {
    return Purpose.UnknownPurpose;
  }

  /** What carries it, for an access point. A mobile network is BearerUnknown, since nobody says of which generation it is. */
  bearerType(): BearerTypeNumber {
    return this.now?.bearer ?? BearerType.BearerUnknown;
  }

  /** The same: the bearers that occur here are families of their own. Qt 5.2. */
  bearerTypeFamily(): BearerTypeNumber {
    return this.bearerType();
  }

  /** 'Ethernet', 'WLAN', 'Bluetooth', 'WiMAX' or 'Unknown'; '' for what is no access point. */
  bearerTypeName(): string {
    const { now } = this;
    return now === undefined || now.id === ANY ? '' : BearerType[now.bearer].slice('Bearer'.length);
  }

  /** The same, as Qt 4.7 called it. */
  bearerName(): string {
    return this.bearerTypeName();
  }

  /** The name of the interface, 'qnetwork-any' for the service network; '' when invalid. */
  identifier(): string {
    return this.#id;
  }

  /** The name of the interface, 'Any network' for the service network; '' when invalid. */
  name(): string {
    return this.#id === ANY ? 'Any network' : this.#id;
  }

  /** Whether a session has more than one to move between: a service network of two or more. */
  isRoamingAvailable(): boolean {
    return (this.now?.children.length ?? 0) > 1;
  }

  /** The access points of the service network, best first: those that are up, by the metric of their default route. Empty for others. */
  children(): QNetworkConfiguration[] {
    return (this.now?.children ?? []).map(configurationCalled);
  }

  /** Milliseconds that a session waits for an interface that is not up yet; 30000 unless set. Qt 5.9. */
  connectTimeout(): number {
    return machine().timeouts.get(this.#id) ?? CONNECT_TIMEOUT;
  }

  /** Sets it for all who use this configuration; false when it is not valid. Throws a RangeError unless it is a whole number from 0. Qt 5.9. */
  setConnectTimeout(timeout: number): boolean {
    if (!Number.isSafeInteger(timeout) || timeout < 0) {
      const got = `got ${String(timeout)}`;
      throw new RangeError(`QNetworkConfiguration.setConnectTimeout expects milliseconds, a whole number from 0; ${got}.`);
    }
    if (!this.isValid()) return false;
    machine().timeouts.set(this.#id, timeout);
    return true;
  }

  /** @internal What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `QNetworkConfiguration(${this.#id === '' ? 'invalid' : `${this.name()}, ${StateFlag[this.state()]}`})`;
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkConfiguration {
  type Type = EnumValue<typeof Type>;
  type Purpose = EnumValue<typeof Purpose>;
  type StateFlag = EnumValue<typeof StateFlag>;
  /** Joined by `|`. */
  type StateFlags = number;
  type BearerType = EnumValue<typeof BearerType>;
}

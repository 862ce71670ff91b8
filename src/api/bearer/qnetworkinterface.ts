import type { Link } from '../../contract/links.ts';
import { machineLinks } from '../../system/links/machine.ts';

/** The interface for a link of the machine; an invalid one for null. */
export let interfaceFrom: (link: Link | null) => QNetworkInterface;

/**
 * A network interface of the machine, as it was when it was asked for (Qt: QNetworkInterface, 4.2). A value that does not change.
 *
 *     for (const one of QNetworkInterface.allInterfaces()) console.log(one.name(), one.hardwareAddress());
 *     QNetworkInterface.interfaceFromName('wlan9').isValid(); // false when there is none
 */
export class QNetworkInterface {
  #name = '';
  #hardware = '';

  static {
    interfaceFrom = (link) => {
      const made = new QNetworkInterface();
      if (link !== null) {
        made.#name = link.name;
        made.#hardware = link.hardware;
      }
      return made;
    };
  }

  /** An invalid interface, or a copy. */
  constructor(other?: QNetworkInterface) {
    if (other === undefined) return;
    if (!(other instanceof QNetworkInterface)) {
      throw new TypeError(
        `new QNetworkInterface() expects another one to copy; got ${String(other)}. QNetworkInterface.interfaceFromName() finds one.`,
      );
    }
    this.#name = other.#name;
    this.#hardware = other.#hardware;
  }

  /** All interfaces of the machine, the loopback one among them, and where the machine tells (Linux) those that are down. */
  static allInterfaces(): QNetworkInterface[] {
    return machineLinks.list().map(interfaceFrom);
  }

  /** The interface with this name ('eth0'), an invalid one when there is none. */
  static interfaceFromName(name: string): QNetworkInterface {
    return interfaceFrom(machineLinks.list().find((link) => link.name === name) ?? null);
  }

  /** False for one that is not there, or was not when it was asked for. */
  isValid(): boolean {
    return this.#name !== '';
  }

  /** The system's name: 'eth0', 'en1'; '' for an invalid one. */
  name(): string {
    return this.#name;
  }

  /** The name that users know, as Windows has one ('Wi-Fi'); Node.js tells that one only, so it is always {@link name}. */
  humanReadableName(): string {
    return this.#name;
  }

  /** The MAC address in upper case, '02:42:AC:11:00:02'; '' when it has none. */
  hardwareAddress(): string {
    return this.#hardware;
  }
}

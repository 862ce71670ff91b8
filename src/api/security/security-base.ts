import { contextProblem } from '../bridge/tls-facts.ts';
import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';
import { checkedOption } from './backend-options.ts';
import { QSslDiffieHellmanParameters } from './qssldiffiehellmanparameters.ts';
import { curveNamed, knownCurves, QSslEllipticCurve } from './qsslellipticcurve.ts';
import { EMPTY_SECURITY, type SecurityState } from './security-state.ts';

/** What a configuration says. */
export let securityOf: (configuration: TunableSecurity) => SecurityState;
/** Lets the configuration say `state`. */
export let setSecurity: (configuration: TunableSecurity, state: SecurityState) => void;

/** The rarer settings of QSslConfiguration, and what it keeps everything in. */
export class TunableSecurity {
  #state = EMPTY_SECURITY;

  static {
    securityOf = (configuration) => configuration.#state;
    setSecurity = (configuration, state) => {
      configuration.#state = state;
    };
  }

  /** The curves to agree on keys with, preferred ones first; empty, unless set, for OpenSSL's choice. Qt 5.5. */
  ellipticCurves(): QSslEllipticCurve[] {
    return this.#state.curves.map(curveNamed);
  }

  /**
   * Sets the curves to agree on keys with, preferred ones first; none = OpenSSL's choice. With others than the server's no connection is
   * made. Throws a RangeError for those that TLS has no number for. Qt 5.5.
   */
  setEllipticCurves(curves: Iterable<QSslEllipticCurve>): void {
    const list = [...curves];
    if (!list.every((one) => one instanceof QSslEllipticCurve && one.isValid()))
      throw new TypeError('QSslConfiguration.setEllipticCurves expects curves; one of them is invalid or none at all.');
    const names = list.map((one) => one.shortName());
    const problem = names.length === 0 ? '' : contextProblem({ ecdhCurve: names.join(':') });
    if (problem !== '')
      throw new RangeError(
        `QSslConfiguration.setEllipticCurves: TLS cannot use one of ${names.join(', ')}; see QSslEllipticCurve.isTlsNamedCurve().`,
      );
    this.#set({ curves: names });
  }

  /** The curves there are. Those that are no {@link QSslEllipticCurve.isTlsNamedCurve} cannot be set. Qt 5.5. */
  static supportedEllipticCurves(): QSslEllipticCurve[] {
    return knownCurves().map(curveNamed);
  }

  /** What a server offers for Diffie-Hellman; a group of 2048 bits unless set. Qt 5.8. */
  diffieHellmanParameters(): QSslDiffieHellmanParameters {
    return this.#state.diffieHellman ?? QSslDiffieHellmanParameters.defaultParameters();
  }

  /** Sets what a server offers for Diffie-Hellman. As in Qt that is for servers, so requests are not changed by it. Qt 5.8. */
  setDiffieHellmanParameters(parameters: QSslDiffieHellmanParameters): void {
    const usual = parameters.equals(QSslDiffieHellmanParameters.defaultParameters());
    this.#set({ diffieHellman: usual ? null : new QSslDiffieHellmanParameters(parameters) });
  }

  /** Commands for OpenSSL by their names; empty unless set. Qt 5.11. */
  backendConfiguration(): Map<string, Buffer> {
    return new Map([...this.#state.backend].map(([name, value]) => [name, Buffer.from(value)]));
  }

  /**
   * Sets a command for OpenSSL, which goes before the other settings. There are CipherString, Ciphersuites (of TLS 1.3), Groups (Curves),
   * SignatureAlgorithms, MinProtocol and MaxProtocol, with values as in OpenSSL's configuration files. Throws a RangeError for other
   * commands and for values that OpenSSL does not take. Qt 5.11.
   *
   *     configuration.setBackendConfigurationOption('SignatureAlgorithms', 'ECDSA+SHA256:RSA-PSS+SHA256');
   */
  setBackendConfigurationOption(name: BytesLike, value: BytesLike): void {
    this.#set({ backend: new Map([...this.#state.backend, backendOption(name, value)]) });
  }

  /** Sets the commands for OpenSSL, or clears them. Qt 5.11. */
  setBackendConfiguration(backendConfiguration: Iterable<readonly [name: BytesLike, value: BytesLike]> = []): void {
    this.#set({ backend: new Map([...backendConfiguration].map(([name, value]) => backendOption(name, value))) });
  }

  /** Whether servers are asked for what their authority says about revocation (RFC 6066 8); false unless set. Qt 5.13. */
  ocspStaplingEnabled(): boolean {
    return this.#state.stapling;
  }

  /**
   * Asks servers to send along what their authority says about revocation. A server that does not makes OcspNoResponseFound one of the
   * errors in `sslErrors`; a certificate that was revoked makes CertificateRevoked. Qt 5.13.
   */
  setOcspStaplingEnabled(enable: boolean): void {
    this.#set({ stapling: enable === true });
  }

  /** Whether a handshake stops at the first thing that is wrong with a certificate; false unless set. Qt 6.0. */
  handshakeMustInterruptOnError(): boolean {
    return this.#state.interrupts;
  }

  /**
   * Says whether a handshake stops at the first thing that is wrong with a certificate. As in Qt that is for sockets: requests are told
   * all errors when the handshake is done, and nothing is sent before. Qt 6.0.
   */
  setHandshakeMustInterruptOnError(interrupt: boolean): void {
    this.#set({ interrupts: interrupt === true });
  }

  #set(change: Partial<SecurityState>): void {
    this.#state = { ...this.#state, ...change };
  }
}

function backendOption(name: BytesLike, value: BytesLike): [name: string, value: string] {
  return checkedOption(asBuffer(toBytes(name)).toString(), asBuffer(toBytes(value)).toString());
}

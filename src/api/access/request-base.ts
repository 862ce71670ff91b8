import { Url } from '../../base/url.ts';
import { QSslConfiguration } from '../security/qsslconfiguration.ts';
import { securityOf, setSecurity } from '../security/security-base.ts';
import { Priority, type Priority as PriorityNumber, TransferTimeoutConstant } from './access-enums.ts';
import { QHttp1Configuration } from './qhttp1configuration.ts';
import { QHttp2Configuration } from './qhttp2configuration.ts';
import { checkWhole, DEFAULT_SETTINGS, NO_HEADERS, type RequestSettings, State } from './request-state.ts';

/** What a request says now. Whoever changes the request changes a copy once the state is shared. */
export let stateOf: (request: TunableRequest) => State;
/** Lets the request say what `state` says. */
export let takeState: (request: TunableRequest, state: State) => void;
/** The state of a request, its own to be changed. */
export let ownState: (request: TunableRequest) => State;
/** Changes settings that have no setter in Qt: phase timeouts, partition, resending. */
export let changeSettings: (request: TunableRequest, settings: Partial<RequestSettings>) => void;

/** How a request is to be treated on its way: the settings of QNetworkRequest, and what it keeps everything in. */
export class TunableRequest {
  #state = new State(Url.EMPTY, NO_HEADERS, null, DEFAULT_SETTINGS);

  static {
    stateOf = (request) => request.#state;
    takeState = (request, state) => {
      state.shared = true;
      request.#state = state;
    };
    ownState = (request) => {
      if (request.#state.shared) request.#state = request.#state.copy();
      return request.#state;
    };
    changeSettings = (request, settings) => request.#set(settings);
  }

  /** Place in the queue for a free connection; NormalPriority unless set. Qt 4.7. */
  priority(): PriorityNumber {
    return this.#state.settings.priority;
  }

  /** Sets the place in the queue. Throws a TypeError for what is no QNetworkRequest.Priority. */
  setPriority(priority: PriorityNumber): void {
    if (Priority[priority] === undefined || typeof priority !== 'number') {
      throw new TypeError(`QNetworkRequest.setPriority expects QNetworkRequest.Priority; got ${String(priority)}.`);
    }
    this.#set({ priority });
  }

  /** The object that asked for this request, or null. Only kept for the program's own use. Qt 4.6. */
  originatingObject(): object | null {
    return this.#state.settings.originatingObject;
  }

  /** Remembers who asks; null forgets it. */
  setOriginatingObject(object: object | null): void {
    this.#set({ originatingObject: object });
  }

  /** How many redirects are followed at most; 50 unless set, 0 follows none. Qt 5.6. */
  maximumRedirectsAllowed(): number {
    return this.#state.settings.maximumRedirects;
  }

  /** Sets the most redirects to follow. Throws a RangeError unless it is a whole number from 0. */
  setMaximumRedirectsAllowed(maximumRedirectsAllowed: number): void {
    checkWhole('setMaximumRedirectsAllowed', 'a number of redirects', maximumRedirectsAllowed, 0);
    this.#set({ maximumRedirects: maximumRedirectsAllowed });
  }

  /** The name that the peer's certificate must be for, '' for the host of the URL. Qt 5.13. */
  peerVerifyName(): string {
    return this.#state.settings.peerVerifyName;
  }

  /** Sets the name to verify the peer's certificate against; '' is the host of the URL. */
  setPeerVerifyName(peerName: string): void {
    if (typeof peerName !== 'string') throw new TypeError('QNetworkRequest.setPeerVerifyName expects a host name as a string.');
    this.#set({ peerVerifyName: peerName });
  }

  /** How TLS is spoken with the server: the default configuration unless one was set; a copy. */
  sslConfiguration(): QSslConfiguration {
    const { ssl } = this.#state.settings;
    const configuration = QSslConfiguration.defaultConfiguration();
    if (ssl !== null) setSecurity(configuration, ssl);
    return configuration;
  }

  /** Sets how TLS is spoken with the server. Connections are shared only by requests whose configurations say the same. */
  setSslConfiguration(configuration: QSslConfiguration): void {
    if (!(configuration instanceof QSslConfiguration))
      throw new TypeError('QNetworkRequest.setSslConfiguration expects a QSslConfiguration.');
    this.#set({ ssl: securityOf(configuration) });
  }

  /** Settings of HTTP/1 connections; a copy. Qt 6.5. */
  http1Configuration(): QHttp1Configuration {
    const configuration = new QHttp1Configuration();
    configuration.setNumberOfConnectionsPerHost(this.#state.settings.connectionsPerHost);
    return configuration;
  }

  /** Takes over the settings of HTTP/1 connections. */
  setHttp1Configuration(configuration: QHttp1Configuration): void {
    this.#set({ connectionsPerHost: configuration.numberOfConnectionsPerHost() });
  }

  /** Settings of HTTP/2 connections; a copy. Qt 5.14. */
  http2Configuration(): QHttp2Configuration {
    return new QHttp2Configuration(this.#state.settings.http2 ?? undefined);
  }

  /** Takes over the settings of HTTP/2 connections. Qt 5.14. */
  setHttp2Configuration(configuration: QHttp2Configuration): void {
    this.#set({ http2: new QHttp2Configuration(configuration) });
  }

  /**
   * From how many decoded bytes on a compressed body is suspected to be a decompression bomb; 10485760 (10 MiB) unless set, 0 looks
   * always, -1 never. Qt 6.2.
   */
  decompressedSafetyCheckThreshold(): number {
    return this.#state.settings.decompressedSafetyCheckThreshold;
  }

  /** Sets the threshold in bytes. Throws a RangeError unless it is a whole number from -1. */
  setDecompressedSafetyCheckThreshold(threshold: number): void {
    checkWhole('setDecompressedSafetyCheckThreshold', 'a number of bytes', threshold, -1);
    this.#set({ decompressedSafetyCheckThreshold: threshold });
  }

  /** After how many milliseconds without a byte in either direction the transfer is given up; 0, the default, is never. Qt 5.15. */
  transferTimeout(): number {
    return this.#state.settings.timeouts.transfer;
  }

  /** Sets the transfer timeout in milliseconds, 30000 without an argument. Throws a RangeError unless it is a whole number from 0. */
  setTransferTimeout(timeout: number = TransferTimeoutConstant.DefaultTransferTimeoutConstant): void {
    checkWhole('setTransferTimeout', 'milliseconds', timeout, 0);
    this.#set({ timeouts: { ...this.#state.settings.timeouts, transfer: timeout } });
  }

  /** The same as transferTimeout(): durations are milliseconds here. Qt 6.7. */
  transferTimeoutAsDuration(): number {
    return this.transferTimeout();
  }

  /** Seconds a connection is idle before TCP probes it; 0, the default, means 60. Qt 6.11. */
  tcpKeepAliveIdleTimeBeforeProbes(): number {
    return this.#state.settings.tcpKeepAliveIdle;
  }

  /** Sets the seconds of idleness. Throws a RangeError unless it is a whole number from 0. */
  setTcpKeepAliveIdleTimeBeforeProbes(idle: number): void {
    checkWhole('setTcpKeepAliveIdleTimeBeforeProbes', 'seconds', idle, 0);
    this.#set({ tcpKeepAliveIdle: idle });
  }

  /** Seconds between two TCP probes; 0, the default, leaves it to the system. Kept only: Node has no call for it. Qt 6.11. */
  tcpKeepAliveIntervalBetweenProbes(): number {
    return this.#state.settings.tcpKeepAliveInterval;
  }

  /** Sets the seconds between probes. Throws a RangeError unless it is a whole number from 0. */
  setTcpKeepAliveIntervalBetweenProbes(interval: number): void {
    checkWhole('setTcpKeepAliveIntervalBetweenProbes', 'seconds', interval, 0);
    this.#set({ tcpKeepAliveInterval: interval });
  }

  /** How many TCP probes stay unanswered before the connection counts as lost; 0, the default, leaves it to the system. Kept only: Node has no call for it. Qt 6.11. */
  tcpKeepAliveProbeCount(): number {
    return this.#state.settings.tcpKeepAliveCount;
  }

  /** Sets the number of probes. Throws a RangeError unless it is a whole number from 0. */
  setTcpKeepAliveProbeCount(probes: number): void {
    checkWhole('setTcpKeepAliveProbeCount', 'a number of probes', probes, 0);
    this.#set({ tcpKeepAliveCount: probes });
  }

  #set(settings: Partial<RequestSettings>): void {
    ownState(this).settings = { ...this.#state.settings, ...settings };
  }
}

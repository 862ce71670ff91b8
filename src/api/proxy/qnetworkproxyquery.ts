import { QNetworkConfiguration } from '../bearer/qnetworkconfiguration.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { QUrl, toQUrl, type UrlLike } from '../core/qurl.ts';
import { QueryType, type QueryType as QueryTypeNumber } from './proxy-enums.ts';

/**
 * Who is to be reached, for a QNetworkProxyFactory to decide how (Qt: QNetworkProxyQuery, 4.5). A value. Requests ask with UrlRequest and
 * their URL, without user name and password; host, port and protocol are those of the URL.
 *
 *     const query = new QNetworkProxyQuery('https://example.org/');
 *     query.peerHostName(); // 'example.org'
 *     query.peerPort(); // -1: the URL spells none
 *     query.protocolTag(); // 'https'
 *     const [proxy] = QNetworkProxyFactory.proxyForQuery(query);
 */
export class QNetworkProxyQuery extends withEnums({ QueryType }) {
  /** Qt, too, keeps host, port and protocol in a URL. */
  #remote = new QUrl();
  #localPort = -1;
  #type: QueryTypeNumber = QueryType.TcpSocket;
  #configuration = new QNetworkConfiguration();

  /** A query for nobody in particular: TcpSocket, ports -1. Or a copy. */
  constructor(other?: QNetworkProxyQuery);
  /** For a URL; UrlRequest unless said otherwise. */
  constructor(requestUrl: UrlLike, queryType?: QueryTypeNumber);
  /** For a connection to a port of a host; TcpSocket unless said otherwise. `protocolTag` is what will be spoken: 'https', 'imap'. */
  constructor(hostName: string, port: number, protocolTag?: string, queryType?: QueryTypeNumber);
  /** For a server at a port of this machine; TcpServer unless said otherwise. */
  constructor(bindPort: number, protocolTag?: string, queryType?: QueryTypeNumber);
  /** Any of these, by a network session of this configuration. Qt 4.7. */
  constructor(networkConfiguration: QNetworkConfiguration, requestUrl: UrlLike, queryType?: QueryTypeNumber);
  constructor(
    networkConfiguration: QNetworkConfiguration,
    hostName: string,
    port: number,
    protocolTag?: string,
    queryType?: QueryTypeNumber,
  );
  constructor(networkConfiguration: QNetworkConfiguration, bindPort: number, protocolTag?: string, queryType?: QueryTypeNumber);
  constructor(...args: readonly unknown[]) {
    super();
    const configured = args[0] instanceof QNetworkConfiguration;
    if (configured) this.#configuration = new QNetworkConfiguration(args[0] as QNetworkConfiguration);
    const [first, ...rest] = (configured ? args.slice(1) : args) as [
      first?: QNetworkProxyQuery | UrlLike | number,
      ...rest: (string | number | undefined)[],
    ];
    if (first === undefined) return;
    if (first instanceof QNetworkProxyQuery) {
      this.#remote = new QUrl(first.#remote);
      this.#localPort = first.#localPort;
      this.#type = first.#type;
      this.#configuration = first.#configuration;
    } else if (typeof first === 'number') {
      const [protocolTag = '', type = QueryType.TcpServer] = rest as [string?, QueryTypeNumber?];
      this.setLocalPort(first);
      this.setProtocolTag(protocolTag);
      this.setQueryType(type);
    } else if (typeof first === 'string' && isConnection(first, rest)) {
      const [port, protocolTag = '', type = QueryType.TcpSocket] = rest as [number, string?, QueryTypeNumber?];
      this.setPeerHostName(first);
      this.setPeerPort(port);
      this.setProtocolTag(protocolTag);
      this.setQueryType(type);
    } else {
      const [type = QueryType.UrlRequest] = rest as [QueryTypeNumber?];
      this.setUrl(first);
      this.setQueryType(type);
    }
  }

  /** Who asks. */
  queryType(): QueryTypeNumber {
    return this.#type;
  }

  /** Throws a TypeError for what is no QNetworkProxyQuery.QueryType. */
  setQueryType(type: QueryTypeNumber): void {
    if (typeof type !== 'number' || QueryType[type] === undefined)
      throw new TypeError(`QNetworkProxyQuery.setQueryType expects QNetworkProxyQuery.QueryType; got ${String(type)}.`);
    this.#type = type;
  }

  /** The port to be reached; -1 when it is not known, for a URL that spells none too. */
  peerPort(): number {
    return this.#remote.port();
  }

  /** Sets the port to be reached. Throws a RangeError unless it is a whole number from -1 to 65535. */
  setPeerPort(port: number): void {
    this.#remote.setPort(checkedPort(port, 'setPeerPort'));
  }

  /** The host to be reached; '' when it is not known. */
  peerHostName(): string {
    return this.#remote.host();
  }

  /** Sets the host to be reached. Throws a TypeError for what is no string. */
  setPeerHostName(hostName: string): void {
    this.#remote.setHost(checkedText(hostName, 'setPeerHostName'));
  }

  /** The port of this machine to be used; -1 when any will do. */
  localPort(): number {
    return this.#localPort;
  }

  /** Sets the port of this machine. Throws a RangeError unless it is a whole number from -1 to 65535. */
  setLocalPort(port: number): void {
    this.#localPort = checkedPort(port, 'setLocalPort');
  }

  /** What will be spoken, for requests the scheme of their URL; '' when it is not known. */
  protocolTag(): string {
    return this.#remote.scheme();
  }

  /** Sets what will be spoken. Throws a TypeError for what is no string. */
  setProtocolTag(protocolTag: string): void {
    this.#remote.setScheme(checkedText(protocolTag, 'setProtocolTag'));
  }

  /** The URL that is wanted, a copy; for other queries one with their host, port and protocol. */
  url(): QUrl {
    return new QUrl(this.#remote);
  }

  /** Sets the URL that is wanted, and with it host, port and protocol. Throws a TypeError for what is no URL at all. */
  setUrl(url: UrlLike): void {
    this.#remote = new QUrl(toQUrl(url));
  }

  /** The configuration of the network session that is to be used, a copy; an invalid one unless it was set. Qt 4.7. */
  networkConfiguration(): QNetworkConfiguration {
    return new QNetworkConfiguration(this.#configuration);
  }

  /** Sets it. Throws a TypeError for what is no QNetworkConfiguration. Qt 4.7. */
  setNetworkConfiguration(networkConfiguration: QNetworkConfiguration): void {
    if (!(networkConfiguration instanceof QNetworkConfiguration)) {
      const got = `got ${String(networkConfiguration)}`;
      throw new TypeError(`QNetworkProxyQuery.setNetworkConfiguration expects a QNetworkConfiguration; ${got}.`);
    }
    this.#configuration = new QNetworkConfiguration(networkConfiguration);
  }

  /** True when both ask the same. */
  equals(other: QNetworkProxyQuery): boolean {
    return (
      this.#type === other.#type &&
      this.#localPort === other.#localPort &&
      this.#remote.equals(other.#remote) &&
      this.#configuration.equals(other.#configuration)
    );
  }

  /** @internal What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `QNetworkProxyQuery(${QueryType[this.#type]} ${this.#remote.toDisplayString()})`;
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkProxyQuery {
  type QueryType = EnumValue<typeof QueryType>;
}

/** A text with nothing behind it, or that begins like a URL, is one; else it is the host of a connection. */
function isConnection(text: string, rest: readonly unknown[]): boolean {
  return rest.length > 0 && !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function checkedText(text: string, method: string): string {
  if (typeof text !== 'string') throw new TypeError(`QNetworkProxyQuery.${method} expects a string; got ${typeof text}.`);
  return text;
}

function checkedPort(port: number, method: string): number {
  if (!Number.isInteger(port) || port < -1 || port > 65_535)
    throw new RangeError(`QNetworkProxyQuery.${method} expects a port from 0 to 65535, or -1; got ${String(port)}.`);
  return port;
}

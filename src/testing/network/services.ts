import type { Line } from '../server/line.ts';
import type { TestOrigin } from '../server/origin.ts';
import { Script } from '../server/script.ts';
import type { TestClock } from './clock.ts';
import type { Connection } from './connection.ts';
import { answerHello, type TestTls, TODAY } from './tls.ts';

/** One connection, from the side of the server that is played. */
export interface TestLine extends Line {
  /** What was agreed on by ALPN; '' = nothing. */
  readonly protocol: string;
}

/** What is served at an origin of a network: what {@link TestOrigin} says, or what a function of your own makes of each connection. */
export interface TestService extends TestOrigin, TestTls {
  /** Plays every connection, in the place of the script. */
  readonly peer?: (line: TestLine) => void;
}

/** What an origin has seen. */
export type TestOriginLog = Pick<Script, 'requests' | 'connections' | 'accepted' | 'unexpected' | 'verify'>;

/** Who takes the connections to a port, or to a local socket. */
export interface Listener {
  accept(connection: Connection): void;
}

/** Where something is served. */
export interface Place {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, socks5: 1080 };

/** Reads `scheme://host:port`. Throws a TypeError for anything else. */
export function placeOf(key: string, schemes: readonly string[]): Place {
  const match = /^([a-z][a-z\d]*):\/\/(\[[\da-f:.]+\]|[^/:?#[\]@]+)(?::(\d{1,5}))?\/?$/i.exec(key);
  const [, scheme = '', host = '', port] = match ?? [];
  const number = port === undefined ? PORTS[scheme] : Number(port);
  if (!schemes.includes(scheme) || number === undefined || number < 1 || number > 65_535) {
    const wanted = schemes.map((one) => `'${one}://name'`).join(' or ');
    throw new TypeError(`createTestNetwork expects places as ${wanted}, with a port if it is another one; got '${key}'.`);
  }
  return { scheme, host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: number };
}

/** An origin at work: its script, and what it does by itself. */
export class Service {
  readonly place: Place;
  readonly settings: TestService;
  readonly script: Script;
  readonly names: readonly string[];
  readonly protocols: readonly string[];
  readonly tls: TestTls;

  constructor(place: Place, settings: TestService, clock: TestClock) {
    const { peer, certificate = 'good', names = [place.host], versions = TODAY, ...origin } = settings;
    this.place = place;
    this.settings = settings;
    this.script = new Script(origin, clock);
    this.names = names;
    this.tls = { certificate, versions };
    this.protocols = settings.http2 === true ? ['h2', 'http/1.1'] : ['http/1.1'];
  }

  converse(line: TestLine): void {
    const { peer } = this.settings;
    if (peer === undefined) this.script.play(line);
    else peer(line);
  }
}

function lineOf({ peer }: Connection, secure: boolean, protocol: string): TestLine {
  return { stream: peer, secure, protocol, reset: () => peer.reset() };
}

/** Speaks in the clear. */
export class PlainListener implements Listener {
  readonly service: Service;

  constructor(service: Service) {
    this.service = service;
  }

  accept(connection: Connection): void {
    this.service.converse(lineOf(connection, false, ''));
  }
}

/** Speaks TLS, for all who are served at one address and port: which of them is meant, the client says in its hello. */
export class SecureListener implements Listener {
  readonly services: Service[] = [];

  accept(connection: Connection): void {
    const [first, second] = this.services as [Service, Service | undefined];
    const hear = (converse: (line: TestLine, service: Service) => void): void =>
      answerHello(
        connection,
        (name) => this.chosen(name),
        ({ service }, protocol) => converse(lineOf(connection, true, protocol), service),
      );
    // what an origin does to its connections comes before any handshake, if it is clear which origin it is
    if (second === undefined && first.settings.peer === undefined) first.script.play(lineOf(connection, false, ''), hear);
    else hear((line, service) => service.converse(line));
  }

  private chosen(name: string): TestTls & { names: readonly string[]; protocols: readonly string[]; service: Service } {
    const service = this.services.find(({ place }) => place.host === name) ?? this.services[0]!;
    const { tls, names, protocols } = service;
    return { ...tls, names, protocols, service };
  }
}

import type { TestClock } from './clock.ts';
import { familyOf, Names } from './names.ts';
import { type Beyond, ProxyListener } from './proxy.ts';
import { type Listener, type Place, PlainListener, placeOf, SecureListener, Service, type TestOriginLog } from './services.ts';
import type { TestNetworkScript } from './settings.ts';

const ORIGINS = ['http', 'https'];
const PROXIES = ['http', 'https', 'socks5'];

/** Who is where: names, addresses, and what listens at them. */
export class Town {
  readonly names: Names;
  readonly proxied: string[] = [];
  private readonly services = new Map<string, Service>();
  private readonly listeners = new Map<string, Listener>();
  private readonly sockets = new Map<string, Listener | 'refused'>();
  private readonly addresses = new Set<string>();

  constructor(script: TestNetworkScript, clock: TestClock, beyond: Beyond) {
    const { origins = {}, proxies = {}, names = {}, sockets = {} } = script;
    const served = Object.entries(origins).map(([key, settings]) => [placeOf(key, ORIGINS), settings] as const);
    const between = Object.entries(proxies).map(([key, settings]) => [placeOf(key, PROXIES), settings] as const);
    this.names = new Names(
      names,
      [...served, ...between].map(([{ host }]) => host),
    );
    for (const name of Object.keys(names))
      for (const address of this.names.addressesOf(name.toLowerCase())) this.addresses.add(address);
    for (const [place, settings] of served) {
      const service = new Service(place, settings, clock);
      this.services.set(keyOf(place), service);
      this.open(place, () => (place.scheme === 'http' ? new PlainListener(service) : new SecureListener()), service);
    }
    for (const [place, settings] of between) this.open(place, () => new ProxyListener(place, settings, beyond), null);
    for (const [path, settings] of Object.entries(sockets)) {
      if (settings === 'refused') this.sockets.set(path, settings);
      else {
        const service = new Service({ scheme: 'http', host: path, port: 0 }, settings, clock);
        this.services.set(path, service);
        this.sockets.set(path, new PlainListener(service));
      }
    }
  }

  /** Somebody has the address. */
  has(address: string): boolean {
    return this.addresses.has(address);
  }

  at(address: string, port: number): Listener | null {
    return this.listeners.get(`${address} ${port}`) ?? null;
  }

  socket(path: string): Listener | 'refused' | undefined {
    return this.sockets.get(path);
  }

  logOf(text: string): TestOriginLog {
    const service = this.services.get(text) ?? this.services.get(originKey(text));
    if (service !== undefined) return service.script;
    const known = [...this.services.keys()].join(', ') || 'nothing';
    throw new RangeError(`TestNetwork.origin: nothing is served at '${text}'; there is ${known}.`);
  }

  private open(place: Place, make: () => Listener, service: Service | null): void {
    const { host, port } = place;
    let listener: Listener | null = null;
    for (const address of this.names.addressesOf(host)) {
      this.addresses.add(address);
      const key = `${address} ${port}`;
      const there = this.listeners.get(key);
      if (there instanceof SecureListener && place.scheme === 'https' && service !== null) {
        there.services.push(service);
        continue;
      }
      if (there !== undefined)
        throw new RangeError(
          `createTestNetwork: two things cannot both listen at ${address} port ${port}: ${keyOf(place)} is one of them.`,
        );
      listener ??= make();
      if (listener instanceof SecureListener && service !== null && !listener.services.includes(service))
        listener.services.push(service);
      this.listeners.set(key, listener);
    }
  }
}

function keyOf({ scheme, host, port }: Place): string {
  return `${scheme}://${familyOf(host) === 6 ? `[${host}]` : host}:${port}`;
}

function originKey(text: string): string {
  if (!URL.canParse(text)) return '';
  const { origin } = new URL(text);
  return URL.canParse(origin) ? keyOf(placeOf(origin, ORIGINS)) : '';
}

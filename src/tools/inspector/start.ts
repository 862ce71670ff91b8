import type { Server, ServerResponse } from 'node:http';
import { randomToken, systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import { DOOR, type Door, type DoorOwner } from '../../contract/door.ts';
import type { EntrySettings } from '../har/entry.ts';
import { version } from '../har/version.ts';
import { type Assets, HTML, ICON, packagedAssets } from './assets.ts';
import { detailsOf } from './details.ts';
import { Feed } from './feed.ts';
import { Guard } from './guard.ts';
import { sendHar } from './har-file.ts';
import { hindrance, replay } from './replay.ts';
import type { Row } from './row.ts';
import { type Asked, answerBy, give, listen, portOf, say } from './server.ts';
import { Watch } from './watch.ts';

/** How a manager is looked at. */
export interface InspectorOptions {
  /** Port on 127.0.0.1; default 0: the system chooses. */
  readonly port?: number;
  /** Trips that are kept; then the oldest make room. They do so earlier where heads take more than 4 KiB each on the whole. Default 20000. */
  readonly mostRows?: number;
  /** Bytes of a body, as it goes over the wire, from which on it is not kept; default 1 MiB. 0 = no bodies. */
  readonly bodyLimit?: number;
  /** Bytes of all bodies that are kept; then the oldest make room. Default 64 MiB. */
  readonly bodyMemory?: number;
  /** Further names of header fields, parameters, form fields and JSON members that hold secrets. */
  readonly secretNames?: readonly string[];
  /** What the page calls itself; default: the name of the program. */
  readonly title?: string;
  /** Whether the inspector alone keeps the process running; default false. */
  readonly keepsProcess?: boolean;
}

/** What stands in for the machine. */
interface InspectorParts {
  readonly clock?: Clock;
  readonly assets?: Assets;
}

const MOST_ROWS = 20_000;
const BODY_LIMIT = 1_048_576;
const BODY_MEMORY = 67_108_864;

/** A page that shows what a manager does, as {@link startInspector} opens it. */
export class Inspector {
  private readonly door: Door;
  private readonly server: Server;
  private readonly guard: Guard;
  private readonly watch: Watch;
  private readonly feed: Feed;
  private readonly settings: EntrySettings;
  private readonly assets: Assets;
  private leave: () => void;

  /** @internal */
  constructor(door: Door, server: Server, options: InspectorOptions, parts: Required<InspectorParts>) {
    const { clock, assets } = parts;
    const { mostRows = MOST_ROWS, bodyLimit = BODY_LIMIT, bodyMemory = BODY_MEMORY, secretNames = [], title } = options;
    const began = clock.now();
    const names = secretNames.map((name) => name.toLowerCase());
    this.door = door;
    this.server = server;
    this.assets = assets;
    this.settings = { secrets: false, secretNames: names, wallAhead: clock.wall() - began };
    this.guard = new Guard(portOf(server), randomToken, sameText);
    this.watch = new Watch({ mostRows, bodyLimit, bodyMemory });
    const beginning = { title: title ?? programName(), began: clock.wall(), version: version() };
    this.feed = new Feed({ watch: this.watch, clock, beginning, began, secretNames: names, pools: () => door.pools() });
    this.leave = door.record(this.watch);
    server.on(
      'request',
      answerBy(this.guard, (asked, response) => this.answer(asked, response)),
    );
  }

  /** The address of the page. It opens once, for whoever comes first; read it again for another browser. */
  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}/?token=${this.guard.invitation()}`;
  }

  /** Stops looking and listening. Idempotent. */
  async close(): Promise<void> {
    this.leave();
    this.leave = () => {};
    this.feed.close();
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private answer({ method, path, query }: Asked, response: ServerResponse): boolean {
    const [, id, what = ''] = /^\/rows\/(\d{1,15})(?:\/(\w+))?$/.exec(path) ?? [];
    if (method === 'POST') return this.change(path, id === undefined || what !== 'replay' ? null : Number(id), response);
    if (id !== undefined && what === '') return this.tellRow(Number(id), response);
    const { script, style } = this.assets;
    if (path === '/') give(response, 'text/html; charset=utf-8', HTML);
    else if (path === '/page.js') give(response, 'text/javascript; charset=utf-8', script);
    else if (path === '/page.css') give(response, 'text/css; charset=utf-8', style);
    else if (path === '/icon.svg' || path === '/favicon.ico') give(response, 'image/svg+xml', ICON);
    else if (path === '/feed') this.open(query, response);
    else if (path === '/session.har') sendHar(response, this.watch, this.settings);
    else return false;
    return true;
  }

  private open(query: string, response: ServerResponse): void {
    const from = /^from=(\d{1,15})$/.exec(query)?.[1];
    if (!this.feed.add(response, from === undefined ? null : Number(from)))
      say(response, 503, 'Too many pages of the inspector are open.');
  }

  private change(path: string, replayed: number | null, response: ServerResponse): boolean {
    if (path === '/clear') {
      this.watch.clear();
      this.feed.cleared();
      say(response, 200, 'Cleared.');
      return true;
    }
    if (replayed === null) return false;
    const first = this.firstTrip(replayed);
    const why = hindrance(first);
    if (why === '') replay(this.door, first!);
    say(response, why === '' ? 202 : 409, why === '' ? 'Sent again.' : why);
    return true;
  }

  private tellRow(id: number, response: ServerResponse): boolean {
    const row = this.watch.row(id);
    if (row === null) return false;
    const trips = this.watch.trips(row);
    const details = detailsOf(
      row,
      trips.map((trip) => trip.id),
      hindrance(this.firstTrip(id)),
      this.settings,
    );
    give(response, 'application/json', JSON.stringify(details));
    return true;
  }

  private firstTrip(id: number): Row | null {
    const row = this.watch.row(id);
    return row === null ? null : (this.watch.trips(row).find(({ index }) => index === 0) ?? null);
  }
}

/**
 * Opens a page on this machine that shows live what the manager sends and gets: everything of http and https and their connections. The address is
 * in `url`. Secrets are left out. Rejects where the port is taken, and with a RangeError for limits that are none.
 *
 *     const inspector = await startInspector(manager);
 *     console.log(`Look at ${inspector.url}`);
 *     …
 *     await inspector.close();
 */
export function startInspector(manager: DoorOwner, options: InspectorOptions = {}): Promise<Inspector> {
  return openInspector(manager, options);
}

/** The same with what stands in for the machine. */
export async function openInspector(
  manager: DoorOwner,
  options: InspectorOptions,
  parts: InspectorParts = {},
): Promise<Inspector> {
  const { port = 0, keepsProcess = false } = options;
  if (typeof manager?.[DOOR] !== 'function') throw new TypeError(`startInspector expects a manager; got ${String(manager)}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new RangeError(`startInspector: port is a whole number up to 65535; got ${String(port)}`);
  for (const [name, least] of LIMITS) checkLimit(name, options[name], least);
  const { clock = systemClock, assets = packagedAssets() } = parts;
  const server = await listen(port, keepsProcess);
  return new Inspector(manager[DOOR](), server, options, { clock, assets });
}

const LIMITS = [
  ['mostRows', 1],
  ['bodyLimit', 0],
  ['bodyMemory', 0],
] as const;

function checkLimit(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new RangeError(`startInspector: ${name} is a whole number from ${least}; got ${String(value)}`);
}

function sameText(a: string, b: string): boolean {
  const { timingSafeEqual } = process.getBuiltinModule('node:crypto');
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function programName(): string {
  const path = process.argv[1] ?? '';
  return path.slice(path.search(/[^/\\]*$/)) || 'Inspector';
}

/** What a shared cache needs of a client of Redis or Valkey: ioredis has it, and what is built like it. */
export interface SharedCacheClient {
  /** Sends one command and gives the answer, texts as Buffers. */
  callBuffer(command: string, ...args: (string | Buffer)[]): Promise<unknown>;
}

/** The server, seen from us. */
export interface SharedServer {
  /** Where it is, without secrets. */
  readonly place: string;
  /** What has to be done on this machine before anything can be sent; null when nothing has. */
  prepare(): Promise<unknown> | null;
  /** Connects first, when there is no connection. */
  send(command: string, args: (string | Buffer)[]): Promise<unknown>;
  /** What is under way fails; the next `send` connects again. */
  hangUp(): void;
}

/** A client that somebody else opens and closes. */
export function givenServer(client: SharedCacheClient): SharedServer {
  return {
    place: 'the server of the given client',
    prepare: () => null,
    send: (command, args) => client.callBuffer(command, ...args),
    hangUp: () => {},
  };
}

/** What is used of ioredis where the connection is our own. */
interface OwnClient extends SharedCacheClient {
  readonly status: string;
  /** None before it connects. */
  readonly stream?: { unref(): unknown; destroy(): unknown };
  on(event: 'connect' | 'ready', slot: () => void): unknown;
  on(event: 'error', slot: (problem: unknown) => void): unknown;
  disconnect(): void;
}

export interface RedisPackage {
  readonly Redis: new (url: string, options: object) => OwnClient;
}

/** Nobody gets far without the package, so nothing is tried again. */
export class PackageMissing extends Error {}

/** Milliseconds that connecting may take. */
export const CONNECTING = 2_000;

const OPTIONS = Object.freeze({
  lazyConnect: true,
  // it would wait with timers that keep the process alive; who sends connects
  retryStrategy: () => null,
  autoResendUnfulfilledCommands: false,
  // a server that is still loading says so at once
  enableReadyCheck: false,
  connectTimeout: CONNECTING,
});

/** A connection of our own, made by ioredis when something is sent. It does not keep the process alive. */
export class OwnServer implements SharedServer {
  readonly place: string;
  /** Hidden from whoever prints the object: it may hold a password, and so does the client. */
  readonly #url: string;
  private readonly load: () => Promise<RedisPackage>;
  #package: RedisPackage | null = null;
  #loading: Promise<unknown> | null = null;
  /** Of one connection; the next one gets another. */
  #client: OwnClient | null = null;
  /** Why there is no connection; ioredis tells those who wait only that there is none. */
  #problem: unknown = null;

  constructor(url: string, load: () => Promise<RedisPackage> = () => import('ioredis')) {
    this.#url = url;
    this.load = load;
    this.place = placeOf(url);
  }

  prepare(): Promise<unknown> | null {
    if (this.#package !== null) return null;
    this.#loading ??= this.load().then((loaded) => {
      this.#package = loaded;
    }, missing);
    return this.#loading;
  }

  async send(command: string, args: (string | Buffer)[]): Promise<unknown> {
    const client = this.connected();
    try {
      return await client.callBuffer(command, ...args);
    } catch (problem) {
      throw client.status === 'end' ? (this.#problem ?? problem) : problem;
    }
  }

  private connected(): OwnClient {
    if (this.#client !== null && this.#client.status !== 'end') return this.#client;
    const client = new this.#package!.Redis(this.#url, OPTIONS);
    this.#client = client;
    client.on('connect', () => client.stream?.unref());
    client.on('ready', () => {
      this.#problem = null;
    });
    client.on('error', (problem) => {
      this.#problem = problem;
    });
    return client;
  }

  hangUp(): void {
    const client = this.#client;
    this.#client = null;
    // a server that stands still would not answer to a polite end, for which ioredis waits
    if (client?.stream === undefined) client?.disconnect();
    else client.stream.destroy();
  }
}

function missing(problem: unknown): never {
  const { code } = problem as NodeJS.ErrnoException;
  throw new PackageMissing(
    code === 'ERR_MODULE_NOT_FOUND'
      ? 'the package ioredis is not installed: npm install ioredis'
      : `the package ioredis cannot be loaded (${code ?? 'it is damaged'})`,
  );
}

/** Without user, password and query. */
function placeOf(url: string): string {
  if (url.startsWith('/')) return url.replace(/\?.*/s, '');
  return `${new URL(url).hostname}:${new URL(url).port || '6379'}`;
}

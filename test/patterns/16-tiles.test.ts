// Pattern 16: a map of tiles. Many small requests, most of them for nothing because the map was moved meanwhile.
import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager, type QNetworkReply, QNetworkRequest, QObject } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

interface Tile {
  readonly x: number;
  readonly y: number;
}

const TILE = QNetworkRequest.User;
const MAGIC = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Fetches what is in view; what scrolls away is aborted, whether it was sent or not. */
class SlippyMap extends QObject {
  readonly pictures = new Map<string, Buffer>();
  readonly given: QNetworkReply[] = [];
  failed = 0;
  private readonly open = new Map<string, QNetworkReply>();
  private readonly manager: QNetworkAccessManager;
  private readonly base: string;
  private readonly pipelining: boolean;

  constructor(manager: QNetworkAccessManager, base: string, pipelining = false) {
    super();
    this.manager = manager;
    this.base = base;
    this.pipelining = pipelining;
    manager.finished.connect(this, this.onTile);
  }

  /** A view of 8 times 8 tiles. */
  show(left: number): void {
    for (const reply of [...this.open.values()]) {
      const tile = reply.request().attribute(TILE) as Tile;
      if (tile.x >= left && tile.x < left + 8) continue;
      this.given.push(reply);
      reply.abort();
    }
    for (let x = left; x < left + 8; x++) for (let y = 0; y < 8; y++) this.want({ x, y });
  }

  get pending(): number {
    return this.open.size;
  }

  private want(tile: Tile): void {
    const name = `/${tile.x}/${tile.y}`;
    if (this.pictures.has(name) || this.open.has(name)) return;
    const request = new QNetworkRequest(this.base + name);
    request.setAttribute(TILE, tile);
    request.setAttribute(QNetworkRequest.HttpPipeliningAllowedAttribute, this.pipelining);
    this.open.set(name, this.manager.get(request));
  }

  private onTile(reply: QNetworkReply): void {
    reply.deleteLater();
    const { x, y } = reply.request().attribute(TILE) as Tile;
    this.open.delete(`/${x}/${y}`);
    if (reply.error() === NetworkError.OperationCanceledError) return;
    // the picture reader looks at the first bytes before it decides
    if (reply.ok() && reply.peek(MAGIC.length).equals(MAGIC)) this.pictures.set(`/${x}/${y}`, reply.readAll());
    else this.failed++;
  }
}

const picture = (name: string): Buffer => Buffer.concat([MAGIC, Buffer.from(name.padEnd(2_000, '.'))]);

function tiles(delay: number): Promise<Served> {
  return serve({ routes: { '*': (request) => ({ delay, body: picture(request.target) }) } });
}

const inView = (left: number): string[] => Array.from({ length: 64 }, (_, i) => `/${left + Math.floor(i / 8)}/${i % 8}`).sort();

describe.each([
  ['', false],
  [' with pipelining', true],
])('a map that is moved while it loads%s', (_what, pipelining) => {
  it('has all that is in view, and nothing of it was disturbed', async () => {
    await using server = await tiles(5);
    await using manager = new QNetworkAccessManager();
    const map = new SlippyMap(manager, server.url(''), pipelining);
    map.show(0);
    await until(() => map.pictures.size >= 12, 'the first tiles');
    map.show(4);
    await until(() => map.pending === 0, 'the end of all tiles');
    expect(map.failed).toBe(0);
    expect(map.given.length).toBeGreaterThan(0);
    for (const name of inView(4)) expect(map.pictures.get(name)?.equals(picture(name)), name).toBe(true);
  });
});

describe('a tile that scrolled away', () => {
  it('was never sent when it had not had its turn', async () => {
    await using server = await tiles(40);
    await using manager = new QNetworkAccessManager();
    const map = new SlippyMap(manager, server.url(''));
    map.show(0);
    await server.whenRequests(6);
    map.show(100);
    await until(() => map.pending === 0, 'the end of all tiles');
    const sent = server.requests.filter((r) => Number(r.target.split('/')[1]) < 100).length;
    expect(sent).toBe(6);
    expect(map.given).toHaveLength(64);
    expect([...map.pictures.keys()].sort()).toEqual(inView(100));
    // only the six that were under way cost a connection
    expect(server.accepted).toBe(12);
  });

  it('in the middle of its answer takes nobody along', async () => {
    const long = Buffer.alloc(400_000, 'x');
    await using server = await serve({
      routes: { '/gone': { body: long, chunks: [1_000, 1_000, 1_000], pause: 40 }, '*': { body: long } },
    });
    await using manager = new QNetworkAccessManager();
    const gone = manager.get(server.url('/gone'));
    const stay = Array.from({ length: 20 }, (_, i) => manager.get(server.url(`/${i}`)));
    const sizes = stay.map((reply) => reply.bytes().then((body) => body.length));
    await gone.readyRead.next();
    gone.abort();
    expect(await within(Promise.all(sizes), 'the others')).toEqual(Array(20).fill(long.length));
    expect(server.requests).toHaveLength(21);
  });

  it('costs next to nothing: ten thousand are let go and the next request is answered at once', async () => {
    await using server = await tiles(0);
    await using manager = new QNetworkAccessManager();
    const replies = Array.from({ length: 10_000 }, (_, i) => manager.get(server.url(`/${i}/0`)));
    for (const reply of replies) reply.abort();
    expect(await within(manager.get(server.url('/0/1')).bytes(), 'the next')).toEqual(picture('/0/1'));
    expect(server.requests.map((r) => r.target)).toEqual(['/0/1']);
    expect(server.accepted).toBe(1);
  });
});

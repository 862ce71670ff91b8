// A small service after the usual fashion: colors in pages, read by everybody, changed by those who have logged in.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const PER_PAGE = 3;
const SECRETS = { 'ada@example.org': 'engine' };

/**
 * Starts the service on a free port of the loopback interface, with a color of its own in `colors` for each name given.
 * @returns {Promise<{ url: string, colors: Map<number, { id: number, name: string, color: string }>, tokens: Set<string>, close(): Promise<void> }>}
 */
export async function startPalette(names = ['cerulean', 'fuchsia rose', 'true red', 'aqua sky', 'tigerlily']) {
  const service = new Palette(names);
  const server = createServer((request, response) => {
    answer(service, request)
      .catch((error) => (error instanceof Refused ? [error.status, { error: error.message }] : [500, { error: String(error) }]))
      .then(([status, value]) => send(response, status, value));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, colors: service.colors, tokens: service.tokens, close };
}

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

class Palette {
  colors = new Map();
  tokens = new Set();
  #next = 1;

  constructor(names) {
    for (const name of names) this.add({ name, color: `#${(this.#next * 0x1f3b5d).toString(16).padStart(6, '0').slice(-6)}` });
  }

  page(number) {
    const all = [...this.colors.values()];
    const pages = Math.max(1, Math.ceil(all.length / PER_PAGE));
    if (!(number >= 1 && number <= pages)) throw new Refused(404, `there is no page ${number}`);
    return { page: number, total_pages: pages, total: all.length, data: all.slice((number - 1) * PER_PAGE, number * PER_PAGE) };
  }

  find(id) {
    const found = this.colors.get(id);
    if (found === undefined) throw new Refused(404, `there is no color ${id}`);
    return found;
  }

  add(given) {
    const color = { id: this.#next++, ...checked(given) };
    this.colors.set(color.id, color);
    return color;
  }

  put(id, given) {
    this.find(id);
    const color = { id, ...checked(given) };
    this.colors.set(id, color);
    return color;
  }

  patch(id, given) {
    return this.put(id, { ...this.find(id), ...given });
  }

  remove(id) {
    this.find(id);
    this.colors.delete(id);
    return null;
  }

  login({ email, password }) {
    if (SECRETS[email] === undefined || SECRETS[email] !== password) throw new Refused(401, 'unknown user or wrong password');
    const token = randomUUID();
    this.tokens.add(token);
    return { email, token };
  }
}

function checked({ name, color }) {
  if (typeof name !== 'string' || name === '') throw new Refused(422, 'a color has a name');
  if (!/^#[0-9a-f]{6}$/.test(color ?? '')) throw new Refused(422, 'a color looks like #12ab34');
  return { name, color };
}

async function answer(service, request) {
  const url = new URL(request.url, 'http://here');
  const id = Number(/^\/api\/colors\/(\d+)$/.exec(url.pathname)?.[1]);
  const what = `${request.method} ${url.pathname.replace(/\d+$/, 'ID')}`;
  if (what === 'GET /api/colors') return [200, service.page(Number(url.searchParams.get('page') ?? 1))];
  if (what === 'GET /api/colors/ID') return [200, service.find(id)];
  const body = await json(request);
  if (what === 'POST /api/login') return [200, service.login(body)];
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!service.tokens.has(token)) throw new Refused(401, 'log in first');
  if (what === 'POST /api/logout') return [204, service.tokens.delete(token) && null];
  if (what === 'POST /api/colors') return [201, service.add(body)];
  if (what === 'PUT /api/colors/ID') return [200, service.put(id, body)];
  if (what === 'PATCH /api/colors/ID') return [200, service.patch(id, body)];
  if (what === 'DELETE /api/colors/ID') return [204, service.remove(id)];
  throw new Refused(404, `there is no ${url.pathname}`);
}

async function json(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  try {
    return pieces.length === 0 ? {} : JSON.parse(Buffer.concat(pieces).toString());
  } catch {
    throw new Refused(400, 'that is no JSON');
  }
}

function send(response, status, value) {
  if (value === null) return response.writeHead(status).end();
  const body = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

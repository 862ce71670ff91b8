import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Guard } from './guard.ts';

/** Answers what the guard lets through; false = there is no such thing. */
export type Route = (asked: Asked, response: ServerResponse) => boolean;

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** Nothing but our own files, no framing, no other host, no text that becomes HTML; images come out of bodies that the page has. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'";

const FIELDS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** A server of this machine, for this machine; it does not keep the process unless it shall. */
export async function listen(port: number, holds: boolean): Promise<Server> {
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer({ keepAliveTimeout: 5000 });
  if (!holds) server.on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  if (!holds) server.unref();
  return server;
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export function answerBy(guard: Guard, route: Route): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    for (const name in FIELDS) response.setHeader(name, FIELDS[name]!);
    // nobody sends us anything worth reading
    request.resume();
    const { host, origin, cookie } = request.headers;
    const method = request.method ?? '';
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const site = request.headers['sec-fetch-site'];
    const token = /^token=(\w+)$/.exec(query)?.[1] ?? null;
    const verdict = guard.judge({
      ...{ method, path, host, origin, cookie, token },
      site: typeof site === 'string' ? site : undefined,
    });
    if (verdict === 'enter') enter(response, guard.cookie);
    else if (verdict !== 'pass') say(response, verdict.status, verdict.words);
    else answer(route, { method, path, query }, response);
  };
}

/** What comes from servers is put into words here, and nothing they say may end the program that is looked at. */
function answer(route: Route, asked: Asked, response: ServerResponse): void {
  try {
    if (!route(asked, response)) say(response, 404, 'There is no such thing here.');
  } catch (error) {
    if (response.headersSent) response.destroy();
    else say(response, 500, `The inspector could not tell this: ${String(error)}`);
  }
}

/**
 * Sets the cookie, and leads on from our own page and not by a redirect: whoever followed a link of another site would come without it
 * (SameSite=Strict).
 */
function enter(response: ServerResponse, cookie: string): void {
  response.writeHead(200, { 'Set-Cookie': cookie, 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    '<!doctype html><meta http-equiv="refresh" content="0; url=/"><title>Inspector</title><a href="/">Inspector</a>\n',
  );
}

export function say(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}

export function give(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { 'Content-Type': type }).end(body);
}

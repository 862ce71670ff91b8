import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../../contract/clock.ts';
import { type HarAnswer, type HarAnswers, isBodiless } from '../../har/answers.ts';

export interface ServerOptions {
  /** Whom requests that name no server are for. */
  readonly origin: string;
  /** 0 = the system chooses. */
  readonly port: number;
  readonly clock: Clock;
  readonly slow: boolean;
}

/** Bytes of a request that are taken. */
const LARGEST = 1 << 26;
/** What is about a connection that is not this one. */
const LEFT_OUT: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection']);

/** A server of this machine, for this machine, that answers from a HAR. */
export async function serveHar(answers: HarAnswers, options: ServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    handle(request, response, answers, options).catch((error: unknown) => refuse(response, 404, (error as Error).message));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answers: HarAnswers,
  options: ServerOptions,
): Promise<void> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += (piece as Buffer).length;
    if (size > LARGEST) return refuse(response, 413, `no more than ${LARGEST} bytes are taken`);
    pieces.push(piece as Buffer);
  }
  const target = request.url ?? '/';
  const url = /^https?:\/\//i.test(target) ? target : `${options.origin}${target}`;
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  const answer = answers.find({ method: request.method ?? 'GET', url, header, body: Buffer.concat(pieces) });
  const { send = 0, wait = 0, receive = 0 } = answer.entry.timings ?? {};
  const took = Number(send ?? 0) + Number(wait ?? 0) + Number(receive ?? 0);
  if (!options.slow || !(took > 0)) return give(response, answer);
  await new Promise<void>((resolve) => {
    const timer = options.clock.after(took, resolve, true);
    // nobody waits any more
    response.once('close', () => {
      timer.cancel();
      resolve();
    });
  });
  if (!response.destroyed) give(response, answer);
}

function give(response: ServerResponse, answer: HarAnswer): void {
  const { entry } = answer;
  if (entry.response.status < 200) {
    response.destroy();
    return;
  }
  const body = answer.failure === null || entry.response.content?.text !== undefined ? answer.body() : Buffer.alloc(0);
  const fields = answer.headers().filter(({ name }) => !LEFT_OUT.has(name.toLowerCase()));
  response.sendDate = false;
  response.writeHead(
    entry.response.status,
    entry.response.statusText,
    fields.flatMap(({ name, value }) => [name, value]),
  );
  if (isBodiless(entry)) response.end();
  else if (answer.failure === null) response.end(body);
  else response.write(body, () => response.destroy());
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end(`${text}\n`);
}

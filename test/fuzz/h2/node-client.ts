import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import type { Outcome } from './outcome.ts';
import type { Sample } from './samples.ts';

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn();
}

/** What `node:http2` makes of it. From Node.js 22 on; before, some of these end the process (docs/decisions/012). */
export async function readWithNode({ methods, pieces }: Sample): Promise<Outcome[]> {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const session = http2.connect('http://a.example', { createConnection: () => socket });
  let broken = '';
  session.on('error', (error: NodeJS.ErrnoException) => {
    broken = `session: ${error.code ?? error.message}`;
  });
  const heard = methods.map((method) => listen(session.request({ ':path': '/', ':method': method })));
  await turns(3);
  for (const piece of pieces) {
    if (!socket.destroyed) socket.push(Buffer.from(piece));
    await turns(4);
  }
  if (!socket.destroyed) socket.push(null);
  await turns(4);
  session.destroy();
  await turns(3);
  return heard.map((one) => one(broken));
}

function listen(stream: http2.ClientHttp2Stream): (broken: string) => Outcome {
  const got = { status: 0, fields: [] as string[], body: '', trailers: [] as string[] };
  let ended = false;
  let why = '';
  stream.on('response', (headers, _flags, raw?: string[]) => {
    got.status = Number(headers[':status']);
    got.fields = plain(raw ?? []);
  });
  stream.on('trailers', (_headers, _flags, raw?: string[]) => {
    got.trailers = plain(raw ?? []);
  });
  stream.on('data', (chunk: Buffer) => {
    got.body += chunk.toString('latin1');
  });
  stream.on('end', () => {
    ended = true;
  });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    why = error.code ?? error.message;
  });
  return (broken) => {
    const answered = ended && why === '' && got.status > 0;
    const none = { status: 0, fields: [], body: '', trailers: [] };
    return {
      answered,
      ...(answered ? got : none),
      broken: broken !== '',
      why: answered ? '' : why || broken || `no end, status ${got.status}`,
    };
  };
}

function plain(raw: readonly string[]): string[] {
  const fields: string[] = [];
  for (let i = 0; i < raw.length; i += 2) if (raw[i] !== ':status') fields.push(raw[i]!, raw[i + 1]!);
  return fields;
}

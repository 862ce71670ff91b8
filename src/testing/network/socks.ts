import type { PeerStream } from './peer-stream.ts';

const VERSION = 5;
const NO_PROOF = 0;
const PASSWORD = 2;
const NONE_OF_THEM = 255;
const HOST_UNREACHABLE = 4;

/** Where a client wants to; `answer` is told '' when the way stands, else why it does not. */
type Wanted = (host: string, port: number, answer: (why: string) => void) => void;

/** SOCKS 5 (RFC 1928, RFC 1929), from the side of the server. */
export function greetSocks(peer: PeerStream, { user, refuses }: { user?: string; refuses?: number }, wanted: Wanted): void {
  let heard: Buffer = Buffer.alloc(0);
  let step: 'methods' | 'proof' | 'request' = 'methods';
  const take = (size: number): Buffer => {
    const taken = heard.subarray(0, size);
    heard = heard.subarray(size);
    return taken;
  };
  const hear = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk]);
    for (let size = sizeOf(step, heard); size > 0 && !peer.destroyed; size = sizeOf(step, heard)) {
      const message = take(size);
      if (step === 'methods') {
        const method = user === undefined ? NO_PROOF : PASSWORD;
        const offered = message[0] === VERSION && message.subarray(2).includes(method);
        peer.write(Buffer.from([VERSION, offered ? method : NONE_OF_THEM]));
        if (!offered) return void peer.end();
        step = user === undefined ? 'request' : 'proof';
      } else if (step === 'proof') {
        const known = proofOf(message) === user;
        peer.write(Buffer.from([1, known ? 0 : 1]));
        if (!known) return void peer.end();
        step = 'request';
      } else {
        peer.off('data', hear);
        peer.pause();
        if (refuses !== undefined) return void peer.end(reply(refuses));
        const { host, port } = targetOf(message);
        return wanted(host, port, (why) => {
          if (why !== '') peer.end(reply(HOST_UNREACHABLE));
          else {
            peer.write(reply(0));
            if (heard.length > 0) peer.unshift(heard);
          }
        });
      }
    }
  };
  peer.on('data', hear);
}

/** Length of the message, 0 = it is not all there. */
function sizeOf(step: 'methods' | 'proof' | 'request', heard: Buffer): number {
  const need = step === 'methods' ? 2 + (heard[1] ?? 0) : step === 'proof' ? proofSize(heard) : requestSize(heard);
  return heard.length < need || heard.length < 2 ? 0 : need;
}

function proofSize(heard: Buffer): number {
  const name = heard[1] ?? 0;
  return 3 + name + (heard[2 + name] ?? 1);
}

function requestSize(heard: Buffer): number {
  const kind = heard[3];
  return 6 + (kind === 1 ? 4 : kind === 4 ? 16 : 1 + (heard[4] ?? 1));
}

function proofOf(message: Buffer): string {
  const end = 2 + message[1]!;
  return `${message.toString('utf8', 2, end)}:${message.toString('utf8', end + 1)}`;
}

function targetOf(message: Buffer): { host: string; port: number } {
  const port = message.readUInt16BE(message.length - 2);
  const address = message.subarray(4, -2);
  if (message[3] === 1) return { host: [...address].join('.'), port };
  if (message[3] === 3) return { host: address.toString('utf8', 1), port };
  return { host: address.toString('hex').match(/.{4}/g)!.join(':'), port };
}

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

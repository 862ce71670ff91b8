import { createHash, createHmac, randomBytes } from 'node:crypto';
import { md4 } from '../../src/rules/auth/md4.ts';
import type { Answer } from './answer.ts';
import type { SeenRequest } from './incoming.ts';
import type { Route } from './server.ts';

export interface NtlmSettings {
  readonly users: Readonly<Record<string, string>>;
  /** In DER: whoever is not bound to it is refused. */
  readonly certificate?: Uint8Array;
  /** How each 401 goes out. */
  readonly more?: Partial<Answer>;
  /** Also said with every 401. */
  readonly others?: readonly string[];
  /** It is a proxy that says so. */
  readonly proxy?: boolean;
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer => createHmac('md5', key).update(Buffer.concat(parts)).digest();
const pair = (id: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, value]);
};

interface Talk {
  negotiate: Buffer;
  challenge: Buffer;
  nonce: Buffer;
}

/** A strict verifier of NTLMv2 that remembers who has proved himself on which connection, as IIS does. */
export class NtlmServer {
  /** What became of each request, in order. */
  readonly seen: string[] = [];
  readonly #settings: NtlmSettings;
  readonly #talks = new Map<number, Talk>();
  readonly #users = new Map<number, string>();

  constructor(settings: NtlmSettings) {
    this.#settings = settings;
  }

  get route(): Route {
    return (request) => {
      const [answer, what] = this.#answer(request);
      this.seen.push(`${request.connection} ${what} ${request.body.length}`);
      return answer;
    };
  }

  #deny(token: string): Answer {
    const challenges = [token === '' ? 'NTLM' : `NTLM ${token}`, ...(this.#settings.others ?? [])];
    const { proxy = false } = this.#settings;
    const headers = challenges.map((text): [string, string] => [proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate', text]);
    return { status: proxy ? 407 : 401, headers, body: 'who are you', ...this.#settings.more };
  }

  #answer(request: SeenRequest): [Answer, string] {
    const [, coded] =
      /^NTLM (\S+)$/.exec(request.header(this.#settings.proxy === true ? 'proxy-authorization' : 'authorization') ?? '') ?? [];
    const { connection } = request;
    if (coded === undefined) {
      const user = this.#users.get(connection);
      return user === undefined ? [this.#deny(''), 'nobody'] : [this.#page(user, request), user];
    }
    const message = Buffer.from(coded, 'base64');
    this.#users.delete(connection);
    if (message.readUInt32LE(8) === 1) {
      const talk = this.#challenge(message);
      this.#talks.set(connection, talk);
      return [this.#deny(talk.challenge.toString('base64')), 'first'];
    }
    const talk = this.#talks.get(connection);
    this.#talks.delete(connection);
    const [user, why] = talk === undefined ? ['', 'another connection'] : this.#judge(message, talk);
    if (why !== '') return [this.#deny(''), why];
    this.#users.set(connection, user);
    return [this.#page(user, request), user];
  }

  #page(user: string, request: SeenRequest): Answer {
    return { body: `${user} ${request.body.length}` };
  }

  #challenge(negotiate: Buffer): Talk {
    const nonce = randomBytes(8);
    const time = Buffer.alloc(8);
    time.writeBigUInt64LE((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n);
    const info = Buffer.concat([pair(2, utf16('DOMAIN')), pair(1, utf16('SERVER')), pair(7, time), Buffer.alloc(4)]);
    const name = utf16('DOMAIN');
    const head = Buffer.alloc(56);
    head.write('NTLMSSP\0', 0, 'latin1');
    head.writeUInt32LE(2, 8);
    head.writeUInt16LE(name.length, 12);
    head.writeUInt16LE(name.length, 14);
    head.writeUInt32LE(56, 16);
    head.writeUInt32LE(0xa2898205, 20);
    nonce.copy(head, 24);
    head.writeUInt16LE(info.length, 40);
    head.writeUInt16LE(info.length, 42);
    head.writeUInt32LE(56 + name.length, 44);
    return { negotiate, challenge: Buffer.concat([head, name, info]), nonce };
  }

  #judge(message: Buffer, { negotiate, challenge, nonce }: Talk): [user: string, why: string] {
    const field = (at: number): Buffer =>
      message.subarray(message.readUInt32LE(at + 4), message.readUInt32LE(at + 4) + message.readUInt16LE(at));
    const [nt, domain, user] = [field(20), field(28).toString('utf16le'), field(36).toString('utf16le')];
    const password = this.#settings.users[user];
    if (password === undefined) return ['', 'unknown'];
    const key = hmac(md4(utf16(password)), utf16(user.toUpperCase() + domain));
    if (!hmac(key, nonce, nt.subarray(16)).equals(nt.subarray(0, 16))) return ['', 'wrong'];
    const code = Buffer.from(message.subarray(72, 88));
    const bare = Buffer.from(message);
    bare.fill(0, 72, 88);
    if (!hmac(hmac(key, nt.subarray(0, 16)), negotiate, challenge, bare).equals(code)) return ['', 'changed'];
    const { certificate } = this.#settings;
    if (certificate !== undefined && !bindingOf(nt).equals(expectedBinding(certificate))) return ['', 'unbound'];
    return [user, ''];
  }
}

/** MsvAvChannelBindings of the client's pairs, which begin at octet 44 of the response. */
function bindingOf(nt: Buffer): Buffer {
  for (let at = 44; at + 4 <= nt.length; at += 4 + nt.readUInt16LE(at + 2))
    if (nt.readUInt16LE(at) === 10) return nt.subarray(at + 4, at + 4 + nt.readUInt16LE(at + 2));
  return Buffer.alloc(0);
}

function expectedBinding(certificate: Uint8Array): Buffer {
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), createHash('sha256').update(certificate).digest()]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  return createHash('md5').update(head).update(data).digest();
}

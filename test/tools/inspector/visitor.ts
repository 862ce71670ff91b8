import { type IncomingMessage, request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/contract/clock.ts';
import type { DoorOwner } from '../../../src/contract/door.ts';
import type { Details, Message } from '../../../src/tools/inspector/page/protocol.ts';
import { type Inspector, type InspectorOptions, openInspector } from '../../../src/tools/inspector/start.ts';

/** What stands in for the built page. */
export const ASSETS = { script: 'export {};\n', style: 'body{}\n' };

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** An inspector that ends with the test. */
export async function inspected(manager: DoorOwner, options: InspectorOptions = {}, clock?: Clock): Promise<Inspector> {
  const parts = clock === undefined ? { assets: ASSETS } : { assets: ASSETS, clock };
  const inspector = await openInspector(manager, options, parts);
  onTestFinished(() => inspector.close());
  return inspector;
}

/** One request as it is written here, with nothing added but Host. */
export function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

/** Somebody with a browser who was let in. */
export class Visitor {
  readonly origin: string;
  readonly cookie: string;

  private constructor(origin: string, cookie: string) {
    this.origin = origin;
    this.cookie = cookie;
  }

  static async enter(inspector: Inspector): Promise<Visitor> {
    const { url } = inspector;
    const { headers } = await ask(url);
    return new Visitor(new URL(url).origin, headers['set-cookie']![0]!.split(';')[0]!);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.origin + path, { headers: { Cookie: this.cookie, ...headers } });
  }

  post(path: string): Promise<Answer> {
    return ask(this.origin + path, { method: 'POST', headers: { Cookie: this.cookie, Origin: this.origin } });
  }

  async details(id: number): Promise<Details> {
    return JSON.parse((await this.get(`/rows/${id}`)).text) as Details;
  }

  /** Hears the feed until `enough` says so; gives all messages. */
  feed(enough: (messages: readonly Message[]) => boolean): Promise<Message[]> {
    return new Promise((resolve, reject) => {
      const messages: Message[] = [];
      let rest = '';
      const asked = request(`${this.origin}/feed`, { headers: { Cookie: this.cookie }, agent: false }, (response) => {
        response.setEncoding('utf8').on('data', (piece: string) => {
          const parts = (rest + piece).split('\n\n');
          rest = parts.pop()!;
          for (const part of parts) messages.push(JSON.parse(part.replace(/^data: /, '')) as Message);
          if (!enough(messages)) return;
          asked.destroy();
          resolve(messages);
        });
        response.on('error', () => {});
      });
      asked.on('error', reject).end();
    });
  }
}

/** The last of what was told of each row, by its number. */
export function lastRows(messages: readonly Message[]): Map<number, Message['rows'][number]> {
  return new Map(messages.flatMap(({ rows }) => rows).map((row) => [row[0], row]));
}

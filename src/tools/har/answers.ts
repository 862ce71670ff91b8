import type { Coding } from '../../rules/content-coding.ts';
import { bytesOf } from './body-text.ts';
import { applied, codingsOf } from './codings.ts';
import { type Har, type HarEntry, HarError, type HarFailure, type HarNameValue } from './format.ts';
import { bodyKey, keyOf, lowered, type MatchOptions, postedBytes } from './match.ts';

export interface AnswerOptions extends MatchOptions {
  /** When all entries that fit were used, the last one answers again; default true. */
  readonly repeat?: boolean;
}

/** A request as it is looked up. */
export interface Wanted {
  readonly method: string;
  readonly url: string;
  /** The value of a field of the request, undefined when it is not there. */
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/** What a HAR has for a request. */
export class HarAnswer {
  readonly entry: HarEntry;
  private readonly codings: readonly Coding[];
  private coded: Buffer | null = null;
  /** @internal */
  used = false;
  /** @internal */
  readonly posted: string | null;

  constructor(entry: HarEntry, secretNames: readonly string[] | undefined) {
    const { response, request } = entry;
    this.entry = entry;
    this.codings = response.content?._coded === true ? [] : codingsOf(response.status, response.headers);
    const mediaType = request.postData?.mimeType ?? '';
    this.posted = bodyKey(postedBytes(request.postData, request.bodySize), mediaType, secretNames);
  }

  /** Why no answer came, or how the answer broke off. */
  get failure(): HarFailure | null {
    return this.entry._failure ?? null;
  }

  /** The body as it goes over the wire. Throws a HarError when the HAR does not have it. */
  body(): Buffer {
    this.coded ??= this.makeBody();
    return this.coded;
  }

  private makeBody(): Buffer {
    const { request, response } = this.entry;
    const { text, encoding, mimeType = '', size = 0 } = response.content ?? {};
    if (text === undefined) {
      if (size > 0 && !isBodiless(this.entry))
        throw new HarError(`the HAR has no body for ${request.method} ${shown(request.url)}: it was left out`);
      return Buffer.alloc(0);
    }
    const plain = bytesOf(text, encoding === 'base64', mimeType);
    return plain.length === 0 ? plain : applied(plain, this.codings);
  }

  /** The fields of the answer, with the length that the body has now: packed once more it can have another. */
  headers(): HarNameValue[] {
    const { response } = this.entry;
    const fields = response.headers
      .filter(({ name }) => !name.startsWith(':'))
      .flatMap(({ name, value }) => value.split('\n').map((each) => ({ name, value: octets(each) })));
    if (isBodiless(this.entry) || this.failure !== null) return fields;
    const length = String(this.body().length);
    return fields.map((field) => (field.name.toLowerCase() === 'content-length' ? { name: field.name, value: length } : field));
  }
}

/** The answers of a HAR by what they are asked for. */
export class HarAnswers {
  private readonly options: AnswerOptions;
  private readonly byKey = new Map<string, HarAnswer[]>();

  constructor(har: Har, given: AnswerOptions) {
    const options = lowered(given);
    const { match = 'strict' } = options;
    if (match !== 'strict' && match !== 'fuzzy')
      throw new TypeError(`replayHar: match is 'strict' or 'fuzzy'; got ${String(match)}`);
    this.options = options;
    for (const entry of har.log.entries) {
      // a browser has noted that it has asked, and nothing came; or that something else is spoken from then on
      if (entry.response.status < 200 && entry._failure === undefined) continue;
      const key = keyOf(entry.request.method, entry.request.url, options);
      const list = this.byKey.get(key);
      const answer = new HarAnswer(withBody(entry), options.secretNames);
      if (list === undefined) this.byKey.set(key, [answer]);
      else list.push(answer);
    }
  }

  /** The next answer to a request; each once in their order, and then the last again. Throws a HarError when there is none. */
  find(wanted: Wanted): HarAnswer {
    const { options } = this;
    const known = this.byKey.get(keyOf(wanted.method, wanted.url, options)) ?? [];
    const fitting = closest(known.filter((answer) => fits(answer, wanted)));
    const posted = bodyKey(wanted.body, wanted.header('content-type') ?? '', options.secretNames);
    const same = fitting.filter((answer) => answer.posted === null || answer.posted === posted);
    const chosen =
      options.match === 'fuzzy'
        ? (unused(same) ?? unused(fitting) ?? this.last(same, fitting))
        : (unused(same) ?? this.last(same));
    if (chosen === undefined) throw new HarError(this.nothing(wanted, known, fitting, same));
    chosen.used = true;
    return chosen;
  }

  private last(...lists: readonly (readonly HarAnswer[])[]): HarAnswer | undefined {
    if (this.options.repeat === false) return undefined;
    return lists.map((list) => list.at(-1)).find((answer) => answer !== undefined);
  }

  private nothing(
    { method, url }: Wanted,
    known: readonly HarAnswer[],
    fitting: readonly HarAnswer[],
    same: readonly HarAnswer[],
  ): string {
    const asked = `the HAR has no answer to ${method} ${shown(url, this.options.secretNames)}`;
    if (known.length === 0) return `${asked}: no entry has this method and URL; match: 'fuzzy' and ignore make it less strict`;
    if (fitting.length === 0) return `${asked}: its entries answer a condition or a range that is not asked for`;
    if (same.length === 0) return `${asked}: the body is another one; match: 'fuzzy' does not look at it`;
    return `${asked} any more: all ${fitting.length} were used, and repeat is false`;
  }

  /** The entries that nobody has asked for. */
  unused(): HarEntry[] {
    return [...this.byKey.values()].flatMap((list) => list.filter(({ used }) => !used).map(({ entry }) => entry));
  }
}

/** Browsers write down that the server has said 304, and the body that they had: it is the answer to who has none. */
function withBody(entry: HarEntry): HarEntry {
  const { response } = entry;
  if (response.status !== 304 || (response.content?.text ?? '') === '') return entry;
  return { ...entry, response: { ...response, status: 200, statusText: 'OK' } };
}

/** Answers to conditions and ranges are answers to them only, and those to ranges to the same ones. */
function fits({ entry: { request, response } }: HarAnswer, { header }: Wanted): boolean {
  if (response.status === 304) return header('if-none-match') !== undefined || header('if-modified-since') !== undefined;
  if (!isOfRange(response.status)) return true;
  const asked = request.headers.find(({ name }) => name.toLowerCase() === 'range')?.value;
  const range = header('range');
  return range !== undefined && (asked === undefined || asked.trim() === range.trim());
}

/** The whole is a worse answer to who wants a part. */
function closest(fitting: readonly HarAnswer[]): readonly HarAnswer[] {
  const parts = fitting.filter(({ entry }) => isOfRange(entry.response.status));
  return parts.length > 0 ? parts : fitting;
}

function isOfRange(status: number): boolean {
  return status === 206 || status === 416;
}

function unused(list: readonly HarAnswer[]): HarAnswer | undefined {
  return list.find(({ used }) => !used);
}

/** No body follows the head, whatever its fields say. */
export function isBodiless({ request, response }: HarEntry): boolean {
  return request.method === 'HEAD' || response.status === 204 || response.status === 304;
}

/** Latin-1, as values are told; what a browser has shown in other letters goes as UTF-8. */
function octets(value: string): string {
  return /[^\0-\xff]/.test(value) ? Buffer.from(value).toString('latin1') : value;
}

function shown(url: string, secretNames: readonly string[] = []): string {
  return keyOf('', url, { secretNames }).trim();
}

import type { Clock } from '../../contract/clock.ts';
import type { TestAnswer } from './answer.ts';
import { checkDecided } from './check-origin.ts';
import type { TestConnection, TestOrigin, TestRoute } from './origin.ts';
import type { TestRequest } from './request.ts';

/** A connection whose state may still change. */
export interface OpenConnection extends TestConnection {
  requests: number;
  open: boolean;
}

/** The answer to a request, or who decides on it when all of the request has come. */
export type Choice = TestAnswer | (() => Promise<TestAnswer>);

/** Where all conversations of an origin ask what to answer, and leave word of what came. */
export class Desk {
  readonly requests: TestRequest[] = [];
  readonly unexpected: TestRequest[] = [];
  readonly problems: string[] = [];
  /** Bytes a second taken of a body; undefined = as fast as they come. */
  readonly reads: number | undefined;
  readonly #routes: Readonly<Record<string, TestRoute>>;
  readonly #clock: Clock;
  readonly #asked = new Map<TestRoute, number>();

  constructor({ routes = {}, reads }: TestOrigin, clock: Clock) {
    this.#routes = routes;
    this.reads = reads;
    this.#clock = clock;
  }

  later(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve, true));
  }

  /** The head of a request has come: it counts, and has an answer. */
  choose(request: TestRequest, connection: OpenConnection): Choice {
    this.requests.push(request);
    connection.requests++;
    const path = request.target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split('?')[0] || '/';
    const name = [`${request.method} ${path}`, path, '*'].find((known) => Object.hasOwn(this.#routes, known));
    if (name === undefined) return this.#notFound(request);
    const route = this.#routes[name]!;
    const nth = (this.#asked.get(route) ?? 0) + 1;
    this.#asked.set(route, nth);
    if (typeof route === 'function') return () => this.#decide(name, route, request, nth);
    const list: readonly TestAnswer[] = Array.isArray(route) ? route : [route as TestAnswer];
    return list[Math.min(nth, list.length) - 1]!;
  }

  /** Something that the script cannot mean. */
  report(problem: string): void {
    this.problems.push(problem);
  }

  /** Throws when a request came that no route fits, or an answer could not be given. */
  verify(): void {
    const lines = this.unexpected.map((request) => `no route fits ${request.method} ${request.target}`);
    if (lines.length > 0) lines.push(`there are routes for ${this.#known()}`);
    const told = [...lines, ...this.problems];
    if (told.length > 0)
      throw new Error(`Not everything went as the test's origin has it:\n${told.map((t) => `- ${t}`).join('\n')}`);
  }

  #known(): string {
    return Object.keys(this.#routes).join(', ') || 'nothing';
  }

  #notFound(request: TestRequest): TestAnswer {
    this.unexpected.push(request);
    return { status: 404, body: `no route fits ${request.method} ${request.target}; there are routes for ${this.#known()}\n` };
  }

  async #decide(
    name: string,
    route: Extract<TestRoute, (...args: never) => unknown>,
    request: TestRequest,
    nth: number,
  ): Promise<TestAnswer> {
    try {
      const answer = await route(request, nth);
      checkDecided(answer, name);
      return answer;
    } catch (error) {
      const problem = `the route ${JSON.stringify(name)} failed at its request number ${nth}: ${error}`;
      this.report(problem);
      return { status: 500, body: `${problem}\n` };
    }
  }
}

import type { Credentials } from '../../contract/auth.ts';
import type { Hop } from '../../contract/hop.ts';
import { ANONYMOUS, userIn } from '../../rules/ftp/target.ts';

/** What is remembered at most; beyond, what was answered first is forgotten. */
const MOST_KNOWN = 1_000;

type Answer = (credentials: Credentials | null) => void;

/** A hop that was not let in. */
interface Asker {
  readonly hop: Hop;
  readonly tried: Credentials;
  readonly answer: Answer;
}

interface Question {
  leader: Asker;
  readonly waiting: Set<Asker>;
}

/** Who we are on servers that want to know it: what URLs say, what was answered before, and who is asked when that is not enough. */
export class Logins {
  private readonly netrc: ((host: string) => Credentials | null) | null;
  private readonly known = new Map<string, Credentials>();
  private readonly open = new Map<string, Question>();

  constructor(netrc: ((host: string) => Credentials | null) | null) {
    this.netrc = netrc;
  }

  clear(): void {
    this.known.clear();
  }

  /** Who to be at first. Throws what the file of the user's throws. */
  first(hop: Hop): Credentials {
    const given = userIn(hop.url);
    if (given?.hasPassword === true) return given.credentials;
    const known = hop.ask.wishes.reuseCredentials ? this.known.get(keyOf(hop)) : undefined;
    if (known !== undefined) return known;
    const found = hop.ask.wishes.reuseCredentials ? (this.netrc?.(hop.url.host ?? '') ?? null) : null;
    if (found !== null && (given === null || given.credentials.user === found.user)) return found;
    return given === null ? ANONYMOUS : given.credentials;
  }

  /**
   * `tried` was not accepted. `answer` is called once, at once or later, unless the function returned is called before; null = nobody knows
   * any better. Of several that are refused at one place the first one asks.
   */
  refused(hop: Hop, tried: Credentials, answer: Answer): () => void {
    const asker = { hop, tried, answer };
    if (!hop.ask.wishes.reuseCredentials) {
      this.put(asker, (said) => answer(said));
      return () => {};
    }
    const key = keyOf(hop);
    const known = this.known.get(key);
    if (known !== undefined && !same(known, tried)) answer(known);
    else {
      if (known !== undefined) this.known.delete(key);
      this.join(key, asker);
    }
    return () => this.leave(key, asker);
  }

  private join(key: string, asker: Asker): void {
    const question = this.open.get(key);
    if (question !== undefined) question.waiting.add(asker);
    else {
      const begun = { leader: asker, waiting: new Set<Asker>() };
      this.open.set(key, begun);
      this.lead(key, begun);
    }
  }

  private lead(key: string, question: Question): void {
    const { leader } = question;
    this.put(leader, (said) => {
      if (question.leader !== leader || this.open.get(key) !== question) return;
      this.open.delete(key);
      // it counts until it is refused: others would have to ask again before the server has said yes
      if (said !== null) this.keep(key, said);
      leader.answer(said);
      for (const one of question.waiting) {
        if (said !== null && same(said, one.tried)) this.join(key, one);
        else one.answer(said);
      }
    });
  }

  private leave(key: string, asker: Asker): void {
    const question = this.open.get(key);
    if (question === undefined || question.waiting.delete(asker) || question.leader !== asker) return;
    const next = question.waiting.values().next().value;
    if (next === undefined) {
      this.open.delete(key);
      return;
    }
    question.waiting.delete(next);
    question.leader = next;
    this.lead(key, question);
  }

  private keep(key: string, credentials: Credentials): void {
    this.known.delete(key);
    this.known.set(key, credentials);
    if (this.known.size > MOST_KNOWN) this.known.delete(this.known.keys().next().value!);
  }

  /** What was refused is no answer. */
  private put({ hop, tried }: Asker, answer: Answer): void {
    const user = same(tried, ANONYMOUS) ? '' : tried.user;
    hop.credentials({ proxy: null, url: hop.url, realm: '', scheme: 'ftp', user }, (said) =>
      answer(said === null || same(said, tried) ? null : said),
    );
  }
}

/** Memory is by server, by partition, and by the user that the URL names. */
function keyOf({ url, ask }: Hop): string {
  return JSON.stringify([url.origin, ask.wishes.partition, userIn(url)?.credentials.user ?? '']);
}

function same(a: Credentials, b: Credentials): boolean {
  return a.user === b.user && a.password === b.password;
}

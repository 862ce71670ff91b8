import type { TokenQuestion, TokenSource } from '../../contract/auth-sources.ts';

/** Tokens that are remembered at most. */
const MOST_TOKENS = 1_000;

/**
 * The tokens of a source. For one identity (partition, origin, realm and scope) it is asked once at a time, however many requests
 * were refused; who comes later with an older token gets the one that is there.
 */
export class Tokens {
  private readonly source: TokenSource | null;
  private readonly known = new Map<string, string>();
  private readonly pending = new Map<string, Promise<string>>();

  constructor(source: TokenSource | null) {
    this.source = source;
  }

  get available(): boolean {
    return this.source !== null;
  }

  /** A token that is not the one that has expired; '' = there is none. Rejects as the source does. */
  take(partition: string, question: TokenQuestion): Promise<string> {
    const { url, realm, scope, expired } = question;
    const identity = [partition, url.origin, realm, ...scope].join('\0');
    const known = this.known.get(identity) ?? '';
    if (known !== '' && known !== expired) return Promise.resolve(known);
    const under = this.pending.get(identity);
    if (under !== undefined) return under;
    const call: Promise<string> = this.ask(question).then((token) => {
      // not when all was forgotten meanwhile
      if (this.pending.get(identity) === call) this.note(identity, token);
      return token;
    });
    this.pending.set(identity, call);
    const over = (): boolean => this.pending.get(identity) === call && this.pending.delete(identity);
    call.then(over, over);
    return call;
  }

  clear(): void {
    this.known.clear();
    this.pending.clear();
  }

  private async ask(question: TokenQuestion): Promise<string> {
    return (await this.source!(question)) ?? '';
  }

  private note(identity: string, token: string): void {
    this.known.delete(identity);
    if (token !== '') this.known.set(identity, token);
    if (this.known.size > MOST_TOKENS) this.known.delete(this.known.keys().next().value!);
  }
}

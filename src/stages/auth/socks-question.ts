import type { Credentials } from '../../contract/auth.ts';
import type { AuthDesk } from './desk.ts';
import type { Party } from './party.ts';
import type { Asker } from './questions.ts';

/** What is looked for once a SOCKS proxy has refused a connection: it has no realms, and nobody hears of another scheme. */
export class SocksQuestion implements Asker {
  private readonly desk: AuthDesk;
  private readonly party: Party;
  private readonly rejected: Credentials | null;
  private readonly key: string;
  private answer: ((credentials: Credentials | null) => void) | null;

  constructor(desk: AuthDesk, party: Party, rejected: Credentials | null, answer: (credentials: Credentials | null) => void) {
    this.desk = desk;
    this.party = party;
    this.rejected = rejected;
    this.answer = answer;
    this.key = ['socks', party.peer.partition, party.peer.key, party.given?.user ?? ''].join('\0');
  }

  start(): void {
    if (!this.party.reuse || this.desk.questions.join(this.key, this)) this.lead();
  }

  cancel(): void {
    this.answer = null;
    this.desk.questions.leave(this.key, this);
  }

  lead(): void {
    const { desk, party } = this;
    const { peer } = party;
    let found: Credentials | null;
    try {
      found = party.reuse ? (desk.netrc?.(peer.host) ?? null) : null;
    } catch {
      return this.say(null);
    }
    if (found !== null && this.rejected === null) return this.say(found);
    const hop = party.hop();
    if (hop === null) return this.abandoned();
    const question = { proxy: peer.proxy, url: peer.url, realm: '', scheme: 'socks', user: this.rejected?.user ?? '' };
    const answer = (said: Credentials | null): void =>
      this.say(said === null || this.isRejected(said) || (said.user === '' && said.password === '') ? null : said);
    desk.people.ask(hop, question, answer, () => this.abandoned());
  }

  told(credentials: Credentials | null): void {
    if (credentials !== null && this.isRejected(credentials)) return this.start();
    this.say(credentials);
  }

  /** There is nobody who says whether it was right before the next connection is tried, so the others try as well. */
  private say(credentials: Credentials | null): void {
    const { answer } = this;
    if (answer === null) return;
    this.answer = null;
    answer(credentials);
    this.desk.questions.done(this.key, this, credentials);
  }

  /** Nobody is there who could be asked; others who wait may know. */
  private abandoned(): void {
    const { answer } = this;
    this.cancel();
    answer?.(null);
  }

  private isRejected({ user, password }: Credentials): boolean {
    return this.rejected !== null && this.rejected.user === user && this.rejected.password === password;
  }
}

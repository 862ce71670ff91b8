import type { QAuthenticator, QNetworkAccessManager, QNetworkReply } from '../../src/index.ts';
import type { TestClock } from '../../src/testing/network/clock.ts';
import type { Books } from './books.ts';
import type { Play } from './play.ts';
import { PROXY_USER } from './world.ts';

/** Who answers when servers and proxies want to know who asks: at once, later, wrongly, or never. */
export class Questions {
  private readonly manager: QNetworkAccessManager;
  private readonly clock: TestClock;
  private readonly books: Books;
  private readonly plays: () => readonly Play[];

  constructor(manager: QNetworkAccessManager, clock: TestClock, books: Books, plays: () => readonly Play[]) {
    this.manager = manager;
    this.clock = clock;
    this.books = books;
    this.plays = plays;
  }

  answer(): void {
    this.manager.authenticationRequired.connect((reply, authenticator) => this.asked(reply, authenticator));
    this.manager.proxyAuthenticationRequired.connect((_proxy, authenticator) => {
      if (authenticator.user() !== '') return;
      const [user = '', password = ''] = PROXY_USER.split(':');
      authenticator.setUser(user);
      authenticator.setPassword(password);
    });
  }

  private asked(reply: QNetworkReply, authenticator: QAuthenticator): void | Promise<void> {
    const play = this.plays().find(({ watched }) => watched?.reply === reply);
    if (play === undefined) return this.books.violated('questions', `somebody is asked on behalf of a reply that nobody has`);
    if (play.watched!.over) this.books.violated('after the end', `${play.watched!.name}: asked who it is`);
    const { answers } = play.plan;
    const host = authenticator.realm();
    this.books.note(`${play.plan.id} asked who it is at ${host}`);
    play.asked();
    if (answers === 'nothing' || authenticator.user() !== '') return;
    if (answers === 'never') return new Promise(() => {});
    const tell = (): void => {
      authenticator.setUser(host);
      authenticator.setPassword(answers === 'wrong' ? 'guessed' : 'secret');
    };
    if (typeof answers !== 'number' || answers === 0) return tell();
    return new Promise((resolve) => {
      this.clock.after(
        answers,
        () => {
          tell();
          resolve();
        },
        true,
      );
    });
  }
}

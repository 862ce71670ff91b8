import type { Url } from '../../base/url.ts';
import type { Clock } from '../../contract/clock.ts';
import type { CookieKeeper, CookieWishes } from '../../contract/cookie.ts';
import { QNetworkCookieJar } from '../cookies/qnetworkcookiejar.ts';
import { isDestroyed, type QObject } from '../core/qobject.ts';
import { raiseLater } from '../core/signal.ts';

/** The cookie jar of a manager, as the engine sees it. */
export class JarKeeper implements CookieKeeper {
  private readonly owner: QObject;
  /** undefined as long as nobody has asked for one or set one. */
  private jar: QNetworkCookieJar | null | undefined = undefined;
  private warned = false;
  /** null = that of the machine. */
  private clock: Clock | null = null;

  constructor(owner: QObject) {
    this.owner = owner;
  }

  /** The jar; made when it is first wanted, unless there is to be none. */
  get(): QNetworkCookieJar | null {
    if (this.jar === undefined) {
      this.jar = new QNetworkCookieJar(this.owner);
      this.tellTime();
    }
    return this.jar;
  }

  /** One without a parent becomes the manager's, and the one before goes if it was. */
  set(jar: QNetworkCookieJar | null): void {
    if (jar !== null && !(jar instanceof QNetworkCookieJar))
      throw new TypeError('QNetworkAccessManager.setCookieJar expects a QNetworkCookieJar, or null for no cookies.');
    const before = this.jar;
    if (before === jar) return;
    this.jar = jar;
    if (before?.parent() === this.owner) before._destroy();
    if (jar !== null && jar.parent() === null) jar.setParent(this.owner);
    this.tellTime();
  }

  /** Cookies expire by this clock from now on. */
  runOn(clock: Clock): void {
    this.clock = clock;
    this.tellTime();
  }

  private tellTime(): void {
    if (this.clock !== null && this.jar) this.jar._clock = this.clock;
  }

  async flush(): Promise<void> {
    await this.alive?._flush();
  }

  /** A jar that was deleted is as good as none. */
  private get alive(): QNetworkCookieJar | null {
    const { jar } = this;
    return jar === undefined || jar === null || isDestroyed(jar) ? null : jar;
  }

  get idle(): boolean {
    const { alive } = this;
    return alive === null || alive._idle;
  }

  header(url: Url, method: string, wishes: CookieWishes): string {
    try {
      return this.alive?._header(url, method, wishes) ?? '';
    } catch (error) {
      // a subclass of the program's own
      raiseLater(error);
      return '';
    }
  }

  receive(fields: readonly string[], url: Url, method: string, wishes: CookieWishes): void {
    try {
      if (this.jar === undefined) this.get();
      this.alive?._receive(fields, url, method, wishes);
    } catch (error) {
      raiseLater(error);
    }
  }

  /** As in Qt the jar wins, which has surprised many a program. */
  replaces(url: Url): void {
    if (this.warned) return;
    this.warned = true;
    process.emitWarning(
      `The Cookie header set for ${url.origin} is replaced by the cookies of the manager's jar. Set CookieLoadControlAttribute to Manual to ` +
        'send your own, or put them into the jar.',
      { code: 'QNETWORK_COOKIE_REPLACED' },
    );
  }
}

import type { Ask } from '../../contract/ask.ts';
import type { NetLogEvent } from '../../contract/netlog.ts';
import { curlCommand } from '../../rules/curl.ts';
import { storyOf } from '../../rules/story.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { askedBy } from './reply-request.ts';
import { SecureReply } from './reply-security.ts';

/** What a reply knows of its request. */
export interface Told {
  readonly events: readonly NetLogEvent[];
  /** Somebody has listened all the time. */
  readonly whole: boolean;
  readonly ask: Ask;
}

/** What a reply tells people who look for the reason of something. */
export class TracedReply extends SecureReply {
  /** @internal */
  protected _told(): Told | null {
    return null;
  }

  /**
   * What has happened to the request so far in plain words, a line each, with the milliseconds since it was made; without secrets. After
   * {@link QNetworkAccessManager.setStoriesEnabled} it is the whole story: what the cache decided and why, each redirect, each round
   * of authentication, each resend. Without it, only the last trip is told of. Not in Qt.
   */
  story(): string {
    const told = this._told();
    if (told === null) return 'nothing is known of this reply: no engine has carried its request';
    const text = storyOf(told.events);
    return told.whole ? text : `${text}\n(only the last trip is known: setStoriesEnabled(true) was not called before)`;
  }

  /**
   * The request as a command of curl for a POSIX shell, to be tried elsewhere. Credentials, cookies and the like are `***` unless `secrets`
   * is true. A body that is not text, is longer than 64 KiB or was read from a source is expected on standard input. Not in Qt.
   */
  toCurl(options: { readonly secrets?: boolean } = {}): string {
    const told = this._told();
    return curlCommand({ ...askedBy(this as unknown as QNetworkReply, told?.ask ?? null), secrets: options.secrets === true });
  }
}

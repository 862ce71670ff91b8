import type { NetLogEvent, NetLogOptions } from '../../contract/netlog.ts';
import { deskOf, HstsManager } from './hsts-manager.ts';

/** What QNetworkAccessManager tells people and tools who look. */
export abstract class TraceManager extends HstsManager {
  /**
   * Every event of the engine, for tools; the function returned ends it. Nobody listening costs nothing. Credentials, cookies and the like are
   * `***` unless `secrets` is true; bodies are told with `bodies` only. What a listener throws disturbs nobody: it becomes an uncaught
   * exception. Not in Qt.
   *
   *     const stop = manager.netlog(({ time, what, detail }) => console.log(time, what, detail));
   */
  netlog(listener: (event: NetLogEvent) => void, options: NetLogOptions = {}): () => void {
    return deskOf(this).listen(listener, options);
  }

  /**
   * Whether the whole story of each request is kept from now on, for `reply.story()`: of the last 1000 requests. Off unless enabled. Not
   * in Qt.
   */
  setStoriesEnabled(enabled: boolean): void {
    deskOf(this).stories = enabled === true;
  }

  /** Whether stories are kept. Not in Qt. */
  isStoriesEnabled(): boolean {
    return deskOf(this).stories;
  }
}

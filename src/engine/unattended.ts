import type { PullBody, Sink } from '../contract/sink.ts';

/** Hears a transfer that no program looks at: nobody is asked for anything, and what does not matter is not heard. */
export abstract class Unattended implements Sink {
  readonly sharesKeys = false;

  dialing(): void {}
  secured(): void {}
  sent(): void {}
  uploaded(): void {}
  interimHead(..._head: Parameters<Sink['interimHead']>): void {}
  hopHead(): void {}
  redirecting(..._redirect: Parameters<Sink['redirecting']>): void {}
  upgraded(..._to: Parameters<Sink['upgraded']>): void {}
  misled(): void {}
  head(..._head: Parameters<Sink['head']>): void {}
  data(..._bytes: Parameters<Sink['data']>): void {}
  room(..._left: Parameters<Sink['room']>): Buffer | null {
    return null;
  }
  credentials(_question: unknown, answer: (credentials: null) => void): void {
    answer(null);
  }
  distrusted(): boolean {
    return false;
  }
  trusts(): boolean {
    return false;
  }
  sharedKey(): null {
    return null;
  }
  abstract end(): void;
  abstract fail(...failure: Parameters<Sink['fail']>): void;
  abstract served(head: Parameters<Sink['served']>[0], body: PullBody): void;
}

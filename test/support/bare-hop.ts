import { HeaderList } from '../../src/base/header-list.ts';
import type { Identity, Kept } from '../../src/contract/carriage.ts';
import type { Attempt } from '../../src/contract/failure.ts';
import type { Way } from '../../src/contract/proxy.ts';
import type { SecureInfo } from '../../src/contract/security.ts';

/** What every hop of the tests is: a plain record that leaves no mark and trusts nobody. */
export abstract class BareHop {
  readonly index = 0;
  headers = new HeaderList();
  readonly defaults = new HeaderList();
  acceptEncoding = '';
  readonly resent = false;
  readonly attempts: Attempt[] = [];
  connection = 0;
  readonly noting = false;
  readonly notingBodies = false;
  readonly tap = null;
  readonly queuedAt = 0;
  readonly began = 0;
  resolveAt = -1;
  connectAt = -1;
  proxyAt = -1;
  tlsAt = -1;
  connectedAt = -1;
  sentAt = -1;
  headAt = -1;
  endedAt = -1;
  reused = false;
  sending = false;
  stored = false;
  local = null;
  continues = false;
  proxy: Way = null;
  kept: Kept | null = null;
  identity: Identity | null = null;
  current = true;
  secure: SecureInfo | null = null;
  readonly sharesKeys = false;

  note(): void {}
  now(): number {
    return 0;
  }
  room(): null {
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
}

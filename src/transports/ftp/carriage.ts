import type { Credentials } from '../../contract/auth.ts';
import type { Carriage } from '../../contract/carriage.ts';
import { type Attempt, type Failure, failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { SecureInfo, SharedKey } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { ANONYMOUS, type FtpTarget, isSayable } from '../../rules/ftp/target.ts';
import { tellAttempt, tellSecured } from '../dial-words.ts';
import type { Control } from './control.ts';
import { Download } from './download.ts';
import type { Errand } from './errand.ts';
import { Listing } from './listing.ts';
import type { Logins } from './logins.ts';
import type { FtpClient, FtpPool } from './pool.ts';
import { type Site, siteOf } from './site.ts';
import { Upload } from './upload.ts';

/** Who is asked again and again, and never right. */
const MOST_LOGINS = 20;

/** One hop: who we are, a control connection, the transfer on it. */
export class FtpCarriage implements Carriage, FtpClient {
  waiting = false;
  dialed = false;
  readonly pipelining = false;
  readonly preconnect = false;
  readonly hop: Hop;
  private readonly target: FtpTarget;
  private readonly pool: FtpPool;
  private readonly logins: Logins;
  private credentials: Credentials = ANONYMOUS;
  private rounds = 0;
  private dialingTold = false;
  private paused = false;
  private over = false;
  private site: Site | null = null;
  private errand: Errand | null = null;
  private leaveQuestion: (() => void) | null = null;

  constructor(hop: Hop, target: FtpTarget, pool: FtpPool, logins: Logins) {
    this.hop = hop;
    this.target = target;
    this.pool = pool;
    this.logins = logins;
  }

  get priority(): 0 | 1 | 2 {
    return this.hop.ask.wishes.priority;
  }
  get fresh(): boolean {
    return this.hop.resent;
  }

  start(): void {
    try {
      this.credentials = this.logins.first(this.hop);
    } catch (error) {
      const text = `who we are on ${this.hop.url.origin} could not be found out: ${(error as Error).message}`;
      return this.fail(failure('auth', 'setup', text, { cause: error }));
    }
    this.enter();
  }

  private enter(): void {
    const { hop, credentials } = this;
    if (!isSayable(credentials.user) || !isSayable(credentials.password)) {
      const text = `the name or the password for ${hop.url.origin} has a line end or NUL in it, which no command can hold`;
      return this.fail(failure('input', 'setup', text));
    }
    this.site = siteOf(hop, credentials);
    this.pool.request(this.site, this);
  }

  // Carriage

  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.leaveQuestion?.();
    if (this.errand !== null) this.errand.cancel();
    else if (this.waiting) this.pool.withdraw(this.site!, this);
  }

  discard(): void {
    this.cancel();
  }

  pause(): void {
    this.paused = true;
    this.errand?.pause();
  }

  resume(): void {
    this.paused = false;
    this.errand?.resume();
  }

  // FtpClient

  resolving(): void {
    const { hop } = this;
    hop.resolveAt = hop.now();
    if (hop.noting) hop.note('resolve', { host: hop.url.host });
  }

  connecting(addresses: readonly { readonly address: string }[]): void {
    const { hop } = this;
    hop.connectAt = hop.now();
    if (hop.noting) hop.note('connect', { addresses: addresses.map(({ address }) => address) });
    if (this.dialingTold) return;
    this.dialingTold = true;
    hop.dialing();
  }

  attempt(attempt: Attempt): void {
    tellAttempt(this.hop, attempt);
  }

  proxying(): void {
    if (this.hop.proxyAt < 0) this.hop.proxyAt = this.hop.now();
  }

  securing(): void {
    this.hop.tlsAt = this.hop.now();
  }

  connected({ secure }: ByteStream): void {
    tellSecured(this.hop, secure);
  }

  get sharesKeys(): boolean {
    return this.hop.sharesKeys;
  }

  sharedKey(hint: string): SharedKey | null {
    return this.hop.sharedKey(hint);
  }

  distrusted(info: SecureInfo): boolean {
    const { hop } = this;
    hop.secure = info;
    if (hop.distrusted(info)) return true;
    if (!this.over) hop.secure = { ...info, protocol: '', cipher: '' };
    return false;
  }

  trusts(info: SecureInfo): boolean {
    return this.hop.trusts(info);
  }

  dialFailed(problem: Failure): void {
    this.fail(problem);
  }

  loginRefused(problem: Failure): void {
    if (this.over) return;
    const { hop } = this;
    this.site = null;
    // who thinks about it is not slow to connect
    hop.resolveAt = hop.connectAt = hop.tlsAt = -1;
    if (++this.rounds > MOST_LOGINS) return this.fail(problem);
    const leave = this.logins.refused(hop, this.credentials, (said) => {
      if (this.over) return;
      this.leaveQuestion = null;
      if (said === null) return this.fail(problem);
      this.credentials = said;
      this.enter();
    });
    if (this.site === null && !this.over) this.leaveQuestion = leave;
  }

  lent(control: Control): void {
    const { hop, target } = this;
    hop.reused = control.served > 0;
    hop.connection = control.number;
    if (!hop.reused) hop.connectedAt = hop.now();
    const { secure, remoteAddress: address, remotePort: port } = control.stream;
    if (secure !== null) hop.secure = secure;
    if (hop.noting) hop.note('lend', { connection: control.number, reused: hop.reused, address, port });
    const kind = hop.method === 'PUT' ? Upload : target.directory ? Listing : Download;
    const over = (): void => {
      this.over = true;
      this.errand = null;
    };
    const errand = new kind(hop, control, target, this.site!, this.pool, over);
    this.errand = errand;
    if (this.paused) errand.pause();
    errand.start();
  }

  private fail(problem: Failure): void {
    if (this.over) return;
    this.over = true;
    this.hop.fail(problem, NO_FACTS);
  }
}

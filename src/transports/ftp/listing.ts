import { HeaderList } from '../../base/header-list.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { listedPath } from '../../rules/ftp/target.ts';
import { Incoming } from './incoming.ts';

/** Replies of servers that do not know a command. */
const UNKNOWN: ReadonlySet<number> = new Set([500, 501, 502, 504]);

/** Brings the lines that a server has for a directory, as they are: those of MLSD (RFC 3659 7), else those of LIST. */
export class Listing extends Incoming {
  private exact = false;

  protected prepare(): void {
    // who has MLSD announces MLST (RFC 3659 7.8)
    this.exact = this.control.offers('MLST');
    this.passive();
  }

  protected launch(): void {
    const { path } = this.target;
    if (!this.exact) return this.begin(path === '' ? 'LIST' : `LIST ${listedPath(path)}`, 'list');
    this.begin(path === '' ? 'MLSD' : `MLSD ${path}`, 'list', ({ code }) => {
      if (!UNKNOWN.has(code)) return false;
      this.exact = false;
      this.again();
      return true;
    });
  }

  protected makeHead(): Head {
    const type = `text/x-ftp-listing; charset=utf-8; format=${this.exact ? 'mlsd' : 'list'}`;
    const headers = new HeaderList(['Content-Type', type]);
    return { status: 0, reason: '', version: '', headers, bodyLength: -1, pipelined: false };
  }

  protected take(size: number): number {
    return size;
  }

  protected told(): void {}

  protected shortfall(): Failure | null {
    return null;
  }
}

import type { SharedLink } from './shared-link.ts';
import type { BodyTag, SharedNames } from './shared-names.ts';
import { RENEW_PIECES } from './shared-scripts.ts';

/**
 * So many milliseconds pieces live on that no entry names: those of a body that is being written, which are renewed meanwhile, and those of
 * a body that was replaced, which may be being read.
 */
export const GRACE = 600_000;

/** The pieces of bodies on the server. Names of one body go in one command. */
export class SharedBodies {
  private readonly link: SharedLink;
  readonly names: SharedNames;

  constructor(link: SharedLink, names: SharedNames) {
    this.link = link;
    this.names = names;
  }

  put(token: string, index: number, piece: Buffer): Promise<unknown> {
    return this.link.ask(this.link.long, 'set', this.names.piece(token, index), piece, 'PX', String(GRACE));
  }

  /** Whether all pieces are there. It makes them young for a server that throws out what was not used. */
  async touch(tag: BodyTag, limit: number): Promise<boolean> {
    return tag.count === 0 || (await this.link.ask(limit, 'touch', ...this.names.pieces(tag))) === tag.count;
  }

  /** Lets all pieces live so many milliseconds more; false when one is not there. */
  async renew(tag: BodyTag, lifetime: number): Promise<boolean> {
    if (tag.count === 0) return true;
    const names = this.names.pieces(tag);
    return (
      (await this.link.ask(this.link.long, 'eval', RENEW_PIECES, String(tag.count), ...names, String(lifetime))) === tag.count
    );
  }

  /** Nobody will open this body any more. */
  retire(tag: BodyTag | null): void {
    if (tag !== null) void this.link.job(this.renew(tag, GRACE).catch(ignore));
  }

  /** Nobody has ever heard of this body. */
  drop(tag: BodyTag): void {
    if (tag.count > 0 && this.link.awake)
      void this.link.job(this.link.ask(this.link.short, 'unlink', ...this.names.pieces(tag)).catch(ignore));
  }
}

function ignore(): void {}

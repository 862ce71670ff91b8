import { HeaderList } from '../../base/header-list.ts';
import { formatHttpDate } from '../../base/http-date.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { sizeIn, timeIn } from '../../rules/ftp/facts.ts';
import { type FtpPart, ftpRange } from '../../rules/ftp/range.ts';
import { Incoming } from './incoming.ts';

const ALL: FtpPart = Object.freeze({ first: 0, last: -1 });

/** Brings a file, or a part of it. */
export class Download extends Incoming {
  private size = -1;
  private modified = '';
  /** null = a part was not asked for, or cannot be had. */
  private part: FtpPart | null = null;

  protected prepare(): void {
    const { path, type } = this.target;
    const { control } = this;
    // as text it has another length
    if (type !== 'I' || !control.offers('SIZE')) return this.askTime();
    this.ask(`SIZE ${path}`, (reply) => {
      this.size = sizeIn(reply);
      this.askTime();
    });
  }

  private askTime(): void {
    if (!this.control.offers('MDTM')) return this.choose();
    this.ask(`MDTM ${this.target.path}`, (reply) => {
      const time = timeIn(reply);
      if (time !== null) this.modified = formatHttpDate(time);
      this.choose();
    });
  }

  private choose(): void {
    const { headers } = this.hop;
    const wanted = headers.size > 0 && this.target.type === 'I' ? headers.get('Range') : undefined;
    const range = ftpRange(wanted, headers.get('If-Range'), this.modified, this.size);
    if (range === 'outside') return this.answerOutside();
    if (range !== 'whole') this.part = range;
    this.passive();
  }

  private answerOutside(): void {
    const headers = new HeaderList(['Content-Range', `bytes */${this.size}`, 'Content-Length', '0']);
    this.tellHead({ status: 416, reason: 'Range Not Satisfiable', version: '', headers, bodyLength: 0, pipelined: false });
    if (!this.over) this.finish();
  }

  protected launch(): void {
    if (this.part === null || this.part.first === 0) return this.retrieve();
    this.ask(`REST ${this.part.first}`, (reply) => {
      // who cannot do that sends all of it, as RFC 9110 14.2 allows
      if (reply.code !== 350) this.part = null;
      else this.offset = true;
      this.retrieve();
    });
  }

  private retrieve(): void {
    this.begin(`RETR ${this.target.path}`, 'get');
  }

  protected makeHead(): Head {
    const { size, modified, part } = this;
    const length = size < 0 ? -1 : this.expected;
    const headers = new HeaderList();
    if (length >= 0) headers.append('Content-Length', String(length));
    if (modified !== '') headers.append('Last-Modified', modified);
    if (part !== null && size >= 0) headers.append('Content-Range', contentRange(part, size));
    const [status, reason] = part === null ? ([0, ''] as const) : ([206, 'Partial Content'] as const);
    return { status, reason, version: '', headers, bodyLength: length, pipelined: false };
  }

  /** Body bytes that have to come, -1 = unknown. */
  private get expected(): number {
    const { first, last } = this.part ?? ALL;
    if (last >= 0) return last + 1 - first;
    return this.size < 0 ? -1 : this.size - first;
  }

  protected take(size: number): number {
    const { expected, part } = this;
    if (expected < 0 || this.moved + size <= expected) return size;
    // behind the part that was asked for comes the rest of the file
    if (part !== null && part.last >= 0) return expected - this.moved;
    const text = `${this.control.place} sends more than the ${expected} bytes that it has announced`;
    this.fail(failure('protocol', 'receive', text), false);
    return 0;
  }

  /** The rest of the file is not wanted, and FTP has no good way to say so. */
  protected told(): void {
    if (this.part !== null && this.part.last >= 0 && this.moved === this.expected) this.stop();
  }

  protected shortfall(): Failure | null {
    const { expected, moved } = this;
    if (expected < 0 || moved === expected) return null;
    // the end of a file whose size nobody knew
    if (this.size < 0) return null;
    return failure('closed', 'receive', `${this.control.place} ended the data connection after ${moved} of ${expected} bytes`);
  }
}

function contentRange({ first, last }: FtpPart, size: number): string {
  return `bytes ${first}-${last < 0 ? size - 1 : last}/${size}`;
}

import type { Body, BodyReader } from '../../contract/body.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Hop } from '../../contract/hop.ts';

/** A body whose pieces are seen as they are pulled, by the netlog and by who records; only while somebody wants that. */
export class SeenBody implements Body {
  readonly length: number;
  readonly bytes = null;
  private readonly body: Body;
  private readonly hop: Hop;

  constructor(body: Body, hop: Hop) {
    this.body = body;
    this.hop = hop;
    this.length = body.length;
  }

  get replayable(): boolean {
    return this.body.replayable;
  }

  open(): BodyReader {
    return new SeenReader(this.body.open(), this.hop);
  }

  release(): void {
    this.body.release?.();
  }
}

class SeenReader implements BodyReader {
  private readonly reader: BodyReader;
  private readonly hop: Hop;

  constructor(reader: BodyReader, hop: Hop) {
    this.reader = reader;
    this.hop = hop;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    const piece = this.reader.pull(wake);
    if (piece) {
      if (this.hop.notingBodies) this.hop.note('sent-data', { bytes: piece, start: 0, end: piece.length });
      this.hop.tap?.sentData(this.hop, piece);
    }
    return piece;
  }

  get failure(): Failure | null {
    return this.reader.failure;
  }

  taken(total: number): void {
    this.reader.taken?.(total);
  }

  close(): void {
    this.reader.close();
  }
}

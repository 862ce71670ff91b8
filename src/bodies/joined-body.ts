import type { Body, BodyReader } from '../contract/body.ts';
import type { Failure } from '../contract/failure.ts';

/** One of several bodies that are sent as one. */
export interface Joint {
  readonly body: Body;
  /** What it is called when it fails; '' for bytes at hand, which cannot. */
  readonly name: string;
}

/** Bytes that are handed over at once: what a progress step can resolve. */
const SLICE = 65_536;

/** Several bodies as one, each opened when the one before has been read. */
export class JoinedBody implements Body {
  readonly bytes = null;
  /** As soon as all know theirs; else what the caller announced, or -1. */
  readonly length: number;
  private readonly joints: readonly Joint[];

  constructor(joints: readonly Joint[], announced: number) {
    this.joints = joints;
    const known = joints.every(({ body }) => body.length >= 0);
    this.length = known ? joints.reduce((sum, { body }) => sum + body.length, 0) : announced;
  }

  get replayable(): boolean {
    return this.joints.every(({ body }) => body.replayable);
  }

  open(): BodyReader {
    return new JoinedReader(this.joints);
  }

  release(): void {
    for (const { body } of this.joints) body.release?.();
  }
}

class JoinedReader implements BodyReader {
  failure: Failure | null = null;
  private readonly joints: readonly Joint[];
  private next = 0;
  private reader: BodyReader | null = null;
  /** What has been read of bytes at hand. */
  private offset = 0;
  /** Bytes given in all, and before the reader at work was opened. */
  private given = 0;
  private begun = 0;

  constructor(joints: readonly Joint[]) {
    this.joints = joints;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.failure !== null) return null;
    for (let joint = this.joints[this.next]; joint !== undefined; joint = this.joints[++this.next]) {
      const piece = joint.body.bytes === null ? this.read(joint.body, wake) : this.slice(joint.body.bytes);
      if (piece !== null) {
        this.given += piece?.length ?? 0;
        return piece;
      }
      this.end(joint.name);
      if (this.failure !== null) return null;
    }
    return null;
  }

  private read(body: Body, wake: () => void): Uint8Array | null | undefined {
    if (this.reader === null) {
      this.reader = body.open();
      this.begun = this.given;
    }
    return this.reader.pull(wake);
  }

  private slice(bytes: Uint8Array): Uint8Array | null {
    if (this.offset >= bytes.length) return null;
    const from = this.offset;
    this.offset = Math.min(bytes.length, from + SLICE);
    return bytes.subarray(from, this.offset);
  }

  private end(name: string): void {
    this.offset = 0;
    const problem = this.reader?.failure ?? null;
    if (problem !== null) this.failure = { ...problem, message: `${name}: ${problem.message}` };
    this.reader?.close();
    this.reader = null;
  }

  taken(total: number): void {
    this.reader?.taken?.(total - this.begun);
  }

  close(): void {
    this.reader?.close();
    this.reader = null;
    this.next = this.joints.length;
  }
}

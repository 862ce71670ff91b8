import { BytesBody } from '../../bodies/bytes-body.ts';
import { JoinedBody, type Joint } from '../../bodies/joined-body.ts';
import { isBlob } from '../../bodies/source-kinds.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import type { PartSource } from '../access/qhttppart.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { planDevice } from './bodies.ts';
import { SourceBody } from './source-body.ts';
import { type Plan, UploadDevice } from './upload-device.ts';

/** Bytes at hand, or something to read and what it is called in errors. */
export type Segment = Uint8Array | { readonly source: PartSource; readonly name: string };

/**
 * Segments of which some cannot be read at once or not be gone back in, as a device. Of a program's own sequential devices each is
 * collected by itself where Qt collects the whole body; all others are read when their turn comes.
 */
export class JoinedDevice extends UploadDevice {
  readonly collected: boolean;
  private readonly segments: readonly Segment[];

  constructor(segments: readonly Segment[]) {
    super();
    this.segments = segments;
    this.collected = segments.some(
      (one) => !(one instanceof Uint8Array) && one.source instanceof QIODevice && one.source.isSequential(),
    );
  }

  override plan(announced: number, streamed: boolean): Plan {
    const plans = this.segments.map((segment) => planOf(segment, streamed));
    const join = (bodies: readonly Body[]): Body =>
      new JoinedBody(
        bodies.map((body, i) => joint(this.segments[i]!, body)),
        announced,
      );
    const bodies = plans.map((plan) => ('body' in plan ? plan.body : null));
    if (allThere(bodies)) return { body: join(bodies) };
    return { collect: (done) => gather(plans, bodies, (all) => done(join(all))) };
  }

  protected override openReader(): BodyReader {
    const { body } = this.plan(-1, true) as { readonly body: Body };
    return body.open();
  }
}

function planOf(segment: Segment, streamed: boolean): Plan {
  if (segment instanceof Uint8Array) return { body: new BytesBody(segment) };
  const { source } = segment;
  if (source instanceof QIODevice) return planDevice(source, -1, streamed);
  return { body: new SourceBody(source, isBlob(source) ? source.size : -1, -1) };
}

function joint(segment: Segment, body: Body): Joint {
  return { body, name: segment instanceof Uint8Array ? '' : segment.name };
}

function allThere(bodies: readonly (Body | null)[]): bodies is readonly Body[] {
  return !bodies.includes(null);
}

/** Waits for the devices that have to be collected, all at the same time. */
function gather(plans: readonly Plan[], bodies: (Body | null)[], done: (bodies: readonly Body[]) => void): { cancel(): void } {
  const waiting = plans.map((plan, i) => {
    if ('body' in plan) return null;
    return plan.collect((body) => {
      bodies[i] = body;
      if (allThere(bodies)) done(bodies);
    });
  });
  return {
    cancel: () => {
      for (const one of waiting) one?.cancel();
    },
  };
}

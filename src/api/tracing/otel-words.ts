// What is used of the package @opentelemetry/api, so that nobody needs its types who does not use it.

type Value = string | number | boolean;

/** @internal */
export interface OtelSpan {
  setAttribute(name: string, value: Value): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  updateName(name: string): unknown;
  end(time?: number): void;
}

/** A tracer provider of OpenTelemetry. */
export interface TracerProviderLike {
  getTracer(name: string, version?: string): unknown;
}

/** A meter provider of OpenTelemetry. */
export interface MeterProviderLike {
  getMeter(name: string, version?: string): unknown;
}

/** @internal */
export interface OtelTracer {
  startSpan(
    name: string,
    options: { kind: number; startTime: number; attributes: Record<string, Value> },
    context: unknown,
  ): OtelSpan;
}

/** @internal */
export interface OtelHistogram {
  record(value: number, attributes: Record<string, Value>, context?: unknown): void;
}

/** @internal */
export interface OtelMeter {
  createHistogram(
    name: string,
    options: { description: string; unit: string; advice: { explicitBucketBoundaries: number[] } },
  ): OtelHistogram;
}

/** @internal */
export interface OtelApi {
  readonly context: { active(): unknown };
  readonly trace: TracerProviderLike;
  readonly metrics: MeterProviderLike;
}

import { systemClock } from '../../base/clock.ts';
import type { NetLogEvent } from '../../contract/netlog.ts';
import type { MeterProviderLike, OtelApi, OtelMeter, OtelTracer, TracerProviderLike } from './otel-words.ts';

/** What {@link traceRequests} reports to. */
export interface TraceOptions {
  /** Default: the one that the program has set for all. */
  readonly tracerProvider?: TracerProviderLike;
  /** Default: the one that the program has set for all. */
  readonly meterProvider?: MeterProviderLike;
}

/** Whoever lets others listen to what happens to his requests: a QNetworkAccessManager. */
export interface Traceable {
  netlog(listener: (event: NetLogEvent) => void): () => void;
}

type Load = () => Promise<OtelApi>;

/**
 * Reports the http and https requests of a manager to OpenTelemetry, from now on until the function that the promise gives is called: a client
 * span for each trip to a server, a child of the span that was active when the request was made, and the metric
 * `http.client.request.duration`, as the semantic conventions for HTTP have it. URLs are without secrets. Needs the package
 * @opentelemetry/api, 1.9 or later; without it the promise rejects with an Error that says so. No header fields are added to requests. Not in Qt.
 *
 *     const stop = await traceRequests(manager);
 */
export async function traceRequests(
  manager: Traceable,
  options: TraceOptions = {},
  load: Load = () => import('@opentelemetry/api') as Promise<OtelApi>,
): Promise<() => void> {
  const [api, { HttpSpans }] = await Promise.all([load().catch(missing), import('./http-spans.ts')]);
  const tracer = (options.tracerProvider ?? api.trace).getTracer('qnetwork') as OtelTracer;
  const meter = (options.meterProvider ?? api.metrics).getMeter('qnetwork') as OtelMeter;
  const spans = new HttpSpans(api, tracer, meter, systemClock.wall() - systemClock.now());
  const stop = manager.netlog((event) => spans.take(event));
  return () => {
    stop();
    spans.close();
  };
}

function missing(problem: unknown): never {
  const { code } = problem as NodeJS.ErrnoException;
  throw new Error(
    code === 'ERR_MODULE_NOT_FOUND'
      ? 'traceRequests needs the package @opentelemetry/api, which is not installed: npm install @opentelemetry/api'
      : `traceRequests needs the package @opentelemetry/api, which cannot be loaded (${code ?? 'it is damaged'})`,
    { cause: problem },
  );
}

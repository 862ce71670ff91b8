import { Url } from '../../base/url.ts';
import type { NetLogEvent } from '../../contract/netlog.ts';
import type { OtelApi, OtelHistogram, OtelMeter, OtelSpan, OtelTracer } from './otel-words.ts';

type Detail = Readonly<
  Partial<
    Record<
      'method' | 'url' | 'text' | 'status' | 'version' | 'stored' | 'kind' | 'failure' | 'preconnect' | 'address' | 'port',
      unknown
    >
  >
>;
type Attributes = Record<string, string | number | boolean>;

const CLIENT = 2;
const ERROR = 2;
/** Requests that are followed at a time; more have been forgotten somewhere. */
const MOST_REQUESTS = 100_000;
/** The boundaries that the conventions ask for, in seconds. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const METHODS: ReadonlySet<string> = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '));

/** One trip of a request. */
interface Trip {
  readonly span: OtelSpan;
  readonly context: unknown;
  readonly hop: number;
  readonly url: string;
  readonly began: number;
  /** What the metric is told with. */
  readonly attributes: Attributes;
  method: string;
  stored: boolean;
  /** Requests that were sent before it. */
  readonly resends: number;
  /** Its own was sent. */
  asked: boolean;
}

/** Makes spans and a metric of the netlog's entries: https://opentelemetry.io/docs/specs/semconv/http/. */
export class HttpSpans {
  private readonly api: OtelApi;
  private readonly tracer: OtelTracer;
  private readonly duration: OtelHistogram;
  private readonly wallAhead: number;
  private readonly trips = new Map<number, Trip>();

  /** `wallAhead`: what milliseconds since 1970 are ahead of the netlog's. */
  constructor(api: OtelApi, tracer: OtelTracer, meter: OtelMeter, wallAhead: number) {
    this.api = api;
    this.tracer = tracer;
    this.wallAhead = wallAhead;
    this.duration = meter.createHistogram('http.client.request.duration', {
      description: 'Duration of HTTP client requests.',
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
  }

  take(event: NetLogEvent): void {
    const detail: Detail = event.detail ?? {};
    if (event.what === 'made') {
      if (/^https?:/i.test(String(detail.url)) && detail.preconnect !== true)
        this.begin(event, String(detail.method), String(detail.url), this.api.context.active(), 0);
      return;
    }
    const trip = this.trips.get(event.transfer);
    if (trip === undefined) return;
    // a trip that nobody has announced: the one before has not counted
    if (trip.hop !== event.hop && event.what !== 'again') this.next(trip, event, {});
    this.hear(this.trips.get(event.transfer)!, event, detail);
  }

  private hear(trip: Trip, event: NetLogEvent, detail: Detail): void {
    switch (event.what) {
      case 'lend':
        trip.span.setAttribute('network.peer.address', String(detail.address));
        trip.span.setAttribute('network.peer.port', Number(detail.port));
        break;
      case 'request-head':
        this.sent(trip, /^\S+/.exec(String(detail.text))?.[0] ?? trip.method);
        break;
      case 'head':
        this.answered(trip, Number(detail.status), String(detail.version), detail.stored === true);
        break;
      case 'again':
        this.next(trip, { ...event, hop: event.hop + 1 }, detail);
        break;
      case 'fail':
        this.failed(trip, String(detail.kind));
        this.end(trip, event);
        break;
      case 'end':
        this.end(trip, event);
        break;
    }
  }

  private begin(event: NetLogEvent, method: string, url: string, context: unknown, resends: number): void {
    const { host, port, scheme } = Url.parse(url);
    const known = METHODS.has(method);
    const attributes: Attributes = {
      'http.request.method': known ? method : '_OTHER',
      'server.address': host ?? '',
      'server.port': port >= 0 ? port : scheme === 'https' ? 443 : 80,
    };
    const all: Attributes = { ...attributes, 'url.full': url };
    if (!known) all['http.request.method_original'] = method;
    const startTime = event.time + this.wallAhead;
    const span = this.tracer.startSpan(known ? method : 'HTTP', { kind: CLIENT, startTime, attributes: all }, context);
    const { hop, time: began } = event;
    this.trips.set(event.transfer, { span, context, hop, url, began, attributes, method, stored: false, resends, asked: false });
    if (this.trips.size > MOST_REQUESTS) this.leave(this.trips.keys().next().value!);
  }

  private leave(transfer: number): void {
    this.trips.get(transfer)!.span.end();
    this.trips.delete(transfer);
  }

  /** Nothing more is heard. A span that is not ended reaches nobody. */
  close(): void {
    for (const transfer of this.trips.keys()) this.leave(transfer);
  }

  private next(trip: Trip, event: NetLogEvent, { url, failure }: Detail): void {
    const { asked, method, context, resends } = trip;
    if (failure !== undefined) this.failed(trip, String(failure));
    // what has gone another way before anything was sent is no request
    if (asked || failure !== undefined) this.end(trip, event);
    else trip.span.end(event.time + this.wallAhead);
    this.begin(event, method, typeof url === 'string' ? url : trip.url, context, asked ? resends + 1 : resends);
  }

  /** A redirect may have changed the method. */
  private sent(trip: Trip, method: string): void {
    trip.asked = true;
    if (trip.resends > 0) trip.span.setAttribute('http.request.resend_count', trip.resends);
    if (method === trip.method) return;
    trip.method = method;
    const known = METHODS.has(method);
    trip.attributes['http.request.method'] = known ? method : '_OTHER';
    trip.span.setAttribute('http.request.method', known ? method : '_OTHER');
    trip.span.updateName(known ? method : 'HTTP');
  }

  private answered(trip: Trip, status: number, version: string, stored: boolean): void {
    trip.stored = stored;
    const heard: Attributes = { 'http.response.status_code': status, 'network.protocol.version': version };
    for (const [name, value] of Object.entries(heard)) trip.span.setAttribute(name, value);
    Object.assign(trip.attributes, heard);
    if (status >= 400) this.failed(trip, String(status));
  }

  private failed(trip: Trip, type: string): void {
    trip.attributes['error.type'] = type;
    trip.span.setAttribute('error.type', type);
    trip.span.setStatus({ code: ERROR });
  }

  private end(trip: Trip, event: NetLogEvent): void {
    this.trips.delete(event.transfer);
    trip.span.end(event.time + this.wallAhead);
    // what was stored has cost no server anything
    if (!trip.stored) this.duration.record((event.time - trip.began) / 1000, trip.attributes, trip.context);
  }
}

import { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import { DEFAULT_WISHES } from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { NetLogEvent } from '../../contract/netlog.ts';
import { Engine, type EngineSeams } from '../../engine/assembly.ts';
import { Attribute, Operation } from '../access/access-enums.ts';
import type { QNetworkReply } from '../access/qnetworkreply.ts';
import { keptState, QNetworkRequest } from '../access/qnetworkrequest.ts';
import type { RequestState } from '../access/request-state.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import { collect, planBody } from './bodies.ts';
import { announcedLength, compileAsk, methodOf } from './compile.ts';
import type { ReplyOwner } from './reply-owner.ts';
import { RunningReplies } from './running-replies.ts';
import { TransferReply } from './transfer-reply.ts';

const NO_HEADERS = new HeaderList();

/** Schemes whose answer is there when `get()` returns. */
const LOCAL = new Set(['data', 'file', 'qrc']);

/** Where requests in Qt's words become transfers of the engine, and the replies that run are kept. */
export class Desk {
  private readonly owner: ReplyOwner;
  private readonly seams: EngineSeams;
  private made: Engine | null = null;
  /** Strongly held while they run; a finished reply belongs to whoever has it. */
  readonly running = new RunningReplies();

  constructor(owner: ReplyOwner, seams: EngineSeams) {
    this.owner = owner;
    this.seams = seams;
  }

  private get engine(): Engine {
    this.made ??= new Engine(this.seams);
    return this.made;
  }

  /** The base implementation of createRequest. */
  open(operation: Operation, request: QNetworkRequest, device: QIODevice | null, transferTimeout: number): QNetworkReply {
    const state = keptState(request);
    const method = methodOf(operation, state);
    const reply = new TransferReply(this.engine, this.owner, operation, state, state.url);
    const { attributes } = state;
    const everyUpload = attributes?.get(Attribute.EmitAllUploadProgressSignalsAttribute) === true;
    if (device === null) {
      const ask = compileAsk(operation, method, state, null, transferTimeout);
      if (LOCAL.has(state.url.scheme) && (method === 'GET' || method === 'HEAD')) reply.beginNow(ask);
      else reply.begin(ask, everyUpload);
    } else this.openWithBody(reply, operation, method, state, device, transferTimeout, everyUpload);
    this.running.add(reply);
    return reply;
  }

  private openWithBody(
    reply: TransferReply,
    operation: Operation,
    method: string,
    state: RequestState,
    device: QIODevice,
    transferTimeout: number,
    everyUpload: boolean,
  ): void {
    const start = (body: Body | null): void =>
      reply.begin(compileAsk(operation, method, state, body, transferTimeout), everyUpload);
    const buffered = state.attributes?.get(Attribute.DoNotBufferUploadDataAttribute) !== true;
    const plan = planBody(device, announcedLength(state), buffered);
    if ('collect' in plan) reply.waitForBody(collect(plan.collect, start), collectLimit(state, transferTimeout));
    else start(plan.body);
  }

  /** Opens a connection ahead; its hidden reply makes the manager's `finished` come, as in Qt. */
  preconnect(scheme: 'http', host: string, port: number): void {
    const url = Url.parse(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`);
    const reply = new TransferReply(this.engine, this.owner, Operation.GetOperation, keptState(new QNetworkRequest()), url);
    this.running.add(reply);
    const wishes = { ...DEFAULT_WISHES, preconnect: true };
    reply.begin({ method: 'GET', url, headers: NO_HEADERS, defaults: NO_HEADERS, body: null, wishes }, false);
  }

  listen(listener: (event: NetLogEvent) => void): () => void {
    return this.engine.listen(listener);
  }

  get connections(): number {
    return this.made?.connections ?? 0;
  }

  clearConnections(): void {
    this.made?.clearConnections();
  }

  clearCaches(): void {
    this.made?.clearCaches();
  }
}

/** How long a device may take to be collected: no byte moves meanwhile. */
function collectLimit(state: RequestState, transferTimeout: number): number {
  const { transfer, total } = state.settings.timeouts;
  const limits = [transfer || transferTimeout, total].filter((limit) => limit > 0);
  return limits.length === 0 ? 0 : Math.min(...limits);
}

import type { AuthAnswer, AuthRequest, Conversation } from '../../../contract/auth.ts';
import type { Failure, ProxyAnswer } from '../../../contract/failure.ts';
import type { Head } from '../../../contract/head.ts';
import type { ByteStream, StreamHandler } from '../../../contract/stream.ts';
import {
  type ConnectAnswer,
  closedEarly,
  connectAnswer,
  connectHead,
  connectTarget,
  noHttp,
} from '../../../rules/http-connect.ts';
import { ProxyFault } from '../../../rules/proxy/proxy-fault.ts';
import type { ProtocolFault } from '../../h1/head-parser.ts';
import { H1_LIMITS } from '../../h1/limits.ts';
import { ResponseParser, type ResponseTarget } from '../../h1/response-parser.ts';
import { Page } from './page.ts';
import { tunnelFailure } from './proxy-failure.ts';
import type { Tunnel, TunnelTask } from './tunnel.ts';

const NO_BODY = new Uint8Array(0);

/** What the proxy has answered. */
interface Said {
  readonly head: Head;
  readonly meaning: ConnectAnswer;
  readonly page: Page;
}

/** A tunnel by CONNECT (RFC 9110 9.3.6). */
export class HttpTunnel implements Tunnel, StreamHandler, ResponseTarget {
  /** Answers are read. */
  alive = false;
  private readonly task: TunnelTask;
  private readonly target: string;
  private stream: ByteStream | null = null;
  private certificate: Uint8Array | null = null;
  private parser = new ResponseParser(this, H1_LIMITS);
  private conversation: Conversation | null = null;
  /** What goes along with the next question; null = nothing. */
  private next: AuthAnswer | null = null;
  /** What has gone along with one that follows another on the same connection; null = there is none. */
  private repeated: AuthAnswer | null = null;
  /** The head that was read last; null while one is waited for. */
  private said: Said | null = null;
  /** Somebody thinks about a challenge. */
  private asking = false;
  /** The connection cannot be used for another question. */
  private spent = false;

  constructor(task: TunnelTask) {
    this.task = task;
    this.target = connectTarget(task.host, task.port);
  }

  open(stream: ByteStream, certificate: Uint8Array | null): void {
    const { authority, proxy, asker } = this.task;
    this.stream = stream;
    this.certificate = certificate;
    this.parser = new ResponseParser(this, H1_LIMITS);
    this.alive = true;
    this.spent = false;
    this.repeated = null;
    stream.handler = this;
    // a conversation counts on its connection, unless it is in the middle of it
    if (this.next === null) {
      this.conversation?.cancel();
      this.conversation = authority.converse(proxy, asker);
      this.next = this.conversation.opening(this.request);
    }
    this.ask();
  }

  cancel(): void {
    this.asking = false;
    this.leave();
    this.conversation?.cancel();
  }

  late(): Failure | null {
    return this.said === null ? null : this.refusal(this.said);
  }

  private get request(): AuthRequest {
    return { method: 'CONNECT', target: this.target, body: NO_BODY, certificate: this.certificate };
  }

  private ask(): void {
    const { proxy, host, port, asker } = this.task;
    const hop = asker();
    const userAgent = hop?.headers.get('User-Agent') ?? hop?.defaults.get('User-Agent') ?? '';
    const authorization = this.next === null ? '' : this.next.value;
    this.next = null;
    this.said = null;
    this.parser.begin('CONNECT', false);
    this.stream!.writeText(connectHead({ host, port, headers: proxy.headers, userAgent, authorization }));
  }

  // StreamHandler

  bytes(memory: Buffer, size: number): void {
    if (!this.alive) return;
    this.task.events.heard();
    let at = 0;
    while (at < size && this.alive) {
      if (this.parser.idle) {
        // octets that answer nothing: what follows would be taken for an answer
        return this.leave();
      }
      at = this.parser.feed(memory, at, size);
      if (this.alive && this.parser.idle && this.said?.meaning.kind === 'tunnel') return this.passed(memory.subarray(at, size));
    }
    if (this.alive && !this.asking) this.weigh();
  }

  ended(): void {
    this.lost();
  }

  closed(): void {
    this.lost();
  }

  private lost(): void {
    if (!this.alive) return;
    if (this.asking) return this.leave();
    if (this.parser.eof()) return;
    if (this.said === null && this.repeated !== null && this.parser.octets === 0) this.elsewhere(this.repeated, true);
    else if (this.said === null) this.fail(tunnelFailure(closedEarly(), this.task.proxy, this.target));
    else this.refused(false);
  }

  private passed(rest: Buffer): void {
    const stream = this.stream!;
    this.alive = false;
    this.conversation!.accepted(this.said!.head.headers.all('Proxy-Authentication-Info'));
    stream.handOver(rest.length === 0 ? null : rest);
    this.task.events.opened(stream);
  }

  // ResponseTarget

  interim(): void {}

  head(head: Head): void {
    const meaning = connectAnswer(head.status, head.version === '1.1' ? 1 : 0, head.headers);
    this.said = { head, meaning, page: new Page() };
  }

  data(memory: Buffer, start: number, end: number): void {
    this.said!.page.add(memory, start, end);
  }

  complete(): void {
    const { meaning } = this.said!;
    if (meaning.kind !== 'tunnel') this.refused(meaning.kind === 'challenge' && meaning.keepsAlive && !this.parser.surplus);
  }

  fault({ why }: ProtocolFault): void {
    if (this.said === null) this.fail(tunnelFailure(noHttp(why), this.task.proxy, this.target));
    else this.refused(false);
  }

  // refusals

  /** Whether more of an answer is worth waiting for: only a page that ends, and not after a challenge that has to be answered elsewhere. */
  private weigh(): void {
    const { said } = this;
    if (said === null) return;
    const { meaning, page } = said;
    if (page.full || (meaning.kind === 'challenge' && meaning.framing.by === 'close')) this.refused(false);
  }

  /** The answer is as complete as it gets. `keeps`: the connection can be asked again. */
  private refused(keeps: boolean): void {
    const said = this.said!;
    if (said.meaning.kind !== 'challenge') {
      // it knows who asks, and opens no way all the same
      if (said.head.status !== 407) this.conversation!.accepted(said.head.headers.all('Proxy-Authentication-Info'));
      return this.fail(this.refusal(said));
    }
    const { events } = this.task;
    if (!keeps) this.leave();
    if (!events.asking()) return this.fail(this.refusal(said));
    this.asking = true;
    this.conversation!.refused(said.meaning.challenges, keeps, this.request, (answer) => this.answered(answer, keeps));
  }

  private answered(answer: AuthAnswer | null, keeps: boolean): void {
    if (!this.asking) return;
    this.asking = false;
    this.task.events.asked();
    if (answer === null) return this.fail(withTrouble(this.refusal(this.said!), this.conversation!.trouble));
    if (!keeps || this.spent) return this.elsewhere(answer, keeps);
    this.next = answer;
    this.repeated = answer;
    this.ask();
  }

  /** A proxy may close behind its challenge although it has not said so; what was to count on that connection is void then. */
  private elsewhere(answer: AuthAnswer, kept: boolean): void {
    this.leave();
    this.next = kept && answer.bound ? null : answer;
    this.task.events.again();
  }

  private refusal({ head, meaning, page }: Said): Failure {
    const { status, reason, headers } = head;
    const fields: [string, string][] = [];
    for (let i = 0; i < headers.size; i++) fields.push([headers.nameAt(i), headers.valueAt(i)]);
    const answer: ProxyAnswer = { status, reason, headers: fields, body: page.bytes };
    const fault =
      meaning.kind === 'denied' ? meaning.fault : new ProxyFault('proxy-authentication', 'Proxy requires authentication');
    return tunnelFailure(fault, this.task.proxy, this.target, answer);
  }

  private leave(): void {
    this.alive = false;
    this.spent = true;
    this.stream?.destroy();
  }

  private fail(problem: Failure): void {
    this.leave();
    // others may wait for what it would have found out
    this.conversation?.cancel();
    this.task.events.failed(problem);
  }
}

/** Who was to say who we are has thrown instead. */
function withTrouble(refusal: Failure, trouble: Error | null): Failure {
  return trouble === null ? refusal : { ...refusal, message: `${refusal.message}: ${trouble.message}`, cause: trouble };
}

import type { Url } from '../../base/url.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { Timings } from '../../contract/netlog.ts';
import type { Transfer } from '../../engine/assembly.ts';
import { Attribute, type AttributeValue, NetworkError, type Operation } from '../access/access-enums.ts';
import { type QNetworkRequest, requestFrom } from '../access/qnetworkrequest.ts';
import type { ReplyFailure } from '../access/reply-error.ts';
import type { RequestState } from '../access/request-state.ts';
import { type QUrl, qurlFrom } from '../core/qurl.ts';
import { BufferedReply } from './buffered-reply.ts';

/** The telling side of a reply: what was asked, what came back, what went wrong, in Qt's words. */
export abstract class DescribedReply extends BufferedReply {
  protected readonly made: RequestState;
  private readonly operationMade: Operation;
  protected link: Url;
  protected transfer: Transfer | null = null;
  protected head_: Head | null = null;
  protected problem: Failure | null = null;

  constructor(operation: Operation, request: RequestState, url: Url) {
    super();
    this.made = request;
    this.operationMade = operation;
    // a host that says nothing is not kept, as in Qt
    this.link = url.scheme === 'file' && url.host === 'localhost' ? url.with({ host: '' }) : url;
  }

  override isRunning(): boolean {
    return !this.isFinished();
  }

  override operation(): Operation {
    return this.operationMade;
  }

  override request(): QNetworkRequest {
    this.assertAlive('request');
    return requestFrom(this.made);
  }

  override url(): QUrl {
    return qurlFrom(this.link);
  }

  override attribute<C extends number>(code: C): AttributeValue<C> | null {
    return (this.own(code) ?? super.attribute(code)) as AttributeValue<C> | null;
  }

  private own(code: number): unknown {
    const head = this.head_;
    if (code === Attribute.ConnectionEncryptedAttribute) return this.link.scheme === 'https';
    if (head === null || head.status === 0) return null;
    switch (code) {
      case Attribute.HttpStatusCodeAttribute:
        return head.status;
      case Attribute.HttpReasonPhraseAttribute:
        return head.reason;
      case Attribute.HttpPipeliningWasUsedAttribute:
        return head.pipelined;
      case Attribute.Http2WasUsedAttribute:
        return false;
      default:
        return null;
    }
  }

  override failure(): ReplyFailure | null {
    if (this.errorCode === NetworkError.NoError) return null;
    const { problem } = this;
    if (problem === null) return super.failure();
    const { kind, phase, maybeProcessed, attempts, message, cause, limit } = problem;
    return {
      kind,
      phase,
      maybeProcessed,
      attempts,
      message,
      ...(cause === undefined ? {} : { cause }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  override timings(): Readonly<Timings> | null {
    return this.transfer?.timings ?? null;
  }

  override transferId(): number {
    return this.transfer?.id ?? 0;
  }
}

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
import { defaultSecurity, type QSslConfiguration } from '../security/qsslconfiguration.ts';
import { setSecurity } from '../security/security-base.ts';
import { BufferedReply } from './buffered-reply.ts';
import { sessionOf } from './tls-errors.ts';

/** The telling side of a reply: what was asked, what came back, what went wrong, in Qt's words. */
export abstract class DescribedReply extends BufferedReply {
  protected made: RequestState;
  protected operationMade: Operation;
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
    // a refused redirect changes the URL and not the connection
    if (code === Attribute.ConnectionEncryptedAttribute) {
      return super.attribute(code) ?? ((this.link.scheme === 'https' || this.link.scheme === 'ftpes') && !this.unasked);
    }
    if (head === null || head.status === 0) return null;
    switch (code) {
      case Attribute.HttpStatusCodeAttribute:
        return head.status;
      case Attribute.HttpReasonPhraseAttribute:
        return head.reason;
      case Attribute.HttpPipeliningWasUsedAttribute:
        return this.unasked ? null : head.pipelined;
      case Attribute.Http2WasUsedAttribute:
        return this.unasked ? null : head.version === '2';
      case Attribute.SourceIsFromCacheAttribute:
        return this.fromCache ? true : null;
      default:
        return null;
    }
  }

  /** A server was asked. */
  protected abstract get asked(): boolean;

  /** The answer is a stored one. */
  protected get fromCache(): boolean {
    return this.transfer?.stored === true;
  }

  /** The answer is a stored one that no server was asked about. */
  private get unasked(): boolean {
    return this.fromCache && !this.asked;
  }

  protected override sslConfigurationImplementation(configuration: QSslConfiguration): void {
    const { ssl } = this.made.settings;
    const info = this.transfer?.secure ?? null;
    const wanted = ssl ?? defaultSecurity();
    setSecurity(configuration, info === null ? wanted : { ...wanted, session: sessionOf(info) });
  }

  /** The request has its own, and it has been sent. */
  protected override setSslConfigurationImplementation(_configuration: QSslConfiguration): void {}

  override failure(): ReplyFailure | null {
    if (this._errorCode === NetworkError.NoError) return null;
    const { problem } = this;
    if (problem === null) return super.failure();
    const { kind, phase, maybeProcessed, attempts, cause, limit, proxyAnswer } = problem;
    return {
      kind,
      phase,
      maybeProcessed,
      attempts,
      message: this.errorString(),
      ...(cause === undefined ? {} : { cause }),
      ...(limit === undefined ? {} : { limit }),
      ...(proxyAnswer === undefined ? {} : { proxyAnswer }),
    };
  }

  override timings(): Readonly<Timings> | null {
    return this.transfer?.timings ?? null;
  }

  override transferId(): number {
    return this.transfer?.id ?? 0;
  }
}

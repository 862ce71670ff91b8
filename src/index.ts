export { Attribute, type AttributeValue, NetworkError } from './api/access/access-enums.ts';
export type { CallableSignal } from './api/access/callable-signal.ts';
export { QHttp1Configuration } from './api/access/qhttp1configuration.ts';
export { type HeaderName, type HeadersInit, QHttpHeaders } from './api/access/qhttpheaders.ts';
export { QNetworkAccessManager, type RequestLike } from './api/access/qnetworkaccessmanager.ts';
export { QNetworkReply } from './api/access/qnetworkreply.ts';
export { QNetworkRequest } from './api/access/qnetworkrequest.ts';
export { QResource } from './api/access/qresource.ts';
export { QNetworkReplyError, type ReplyFailure } from './api/access/reply-error.ts';
export type { AttributesInit, QueryInit, RequestOptions } from './api/access/request-options.ts';
export type { BodySource } from './api/bridge/body-source.ts';
export type {
  Attempt,
  FailureKind,
  NetLogEvent,
  NetLogWhat,
  Phase,
  ResourceSource,
  Timeouts,
  Timings,
} from './api/bridge/public-types.ts';
export { QBuffer } from './api/core/qbuffer.ts';
export { type BytesLike, QByteArray } from './api/core/qbytearray.ts';
export { QEventLoop } from './api/core/qeventloop.ts';
export { QFile } from './api/core/qfile.ts';
export { QIODevice } from './api/core/qiodevice.ts';
export { QObject } from './api/core/qobject.ts';
export { QUrl, type UrlLike } from './api/core/qurl.ts';
export { QUrlQuery } from './api/core/qurlquery.ts';
export { Connection, Signal } from './api/core/signal.ts';

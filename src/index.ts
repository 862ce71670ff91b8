export { Attribute, type AttributeValue, NetworkError } from './api/access/access-enums.ts';
export type { AlternativeService } from './api/access/alt-svc-manager.ts';
export type { AuthenticationOptions, TokenRequest } from './api/access/authentication-options.ts';
export type { CallableSignal } from './api/access/callable-signal.ts';
export { QFormDataBuilder } from './api/access/qformdatabuilder.ts';
export { QFormDataPartBuilder } from './api/access/qformdatapartbuilder.ts';
export { QHstsPolicy } from './api/access/qhstspolicy.ts';
export { QHttp1Configuration } from './api/access/qhttp1configuration.ts';
export { QHttp2Configuration } from './api/access/qhttp2configuration.ts';
export { type HeaderName, type HeadersInit, QHttpHeaders } from './api/access/qhttpheaders.ts';
export { QHttpMultiPart } from './api/access/qhttpmultipart.ts';
export { type PartSource, QHttpPart } from './api/access/qhttppart.ts';
export { QNetworkAccessManager, type RequestLike } from './api/access/qnetworkaccessmanager.ts';
export { QNetworkReply } from './api/access/qnetworkreply.ts';
export { QNetworkRequest } from './api/access/qnetworkrequest.ts';
export { QNetworkRequestFactory } from './api/access/qnetworkrequestfactory.ts';
export { QResource } from './api/access/qresource.ts';
export { QRestAccessManager } from './api/access/qrestaccessmanager.ts';
export { QRestReply } from './api/access/qrestreply.ts';
export type { QueryInit } from './api/access/query-text.ts';
export { BufferReply, type BufferReplyInit } from './api/access/replies/buffer-reply.ts';
export { DeferredReply } from './api/access/replies/deferred-reply.ts';
export { ErrorReply } from './api/access/replies/error-reply.ts';
export { WrappedReply } from './api/access/replies/wrapped-reply.ts';
export { QNetworkReplyError, type ReplyFailure } from './api/access/reply-error.ts';
export type { AttributesInit, RequestOptions } from './api/access/request-options.ts';
export type { RestCallback, RestJson } from './api/access/rest-arguments.ts';
export type { ManagerOptions } from './api/access/secure-manager.ts';
export type { SessionOptions } from './api/access/session-options.ts';
export { QAbstractSocket } from './api/bearer/qabstractsocket.ts';
export { QNetworkConfiguration } from './api/bearer/qnetworkconfiguration.ts';
export { QNetworkConfigurationManager } from './api/bearer/qnetworkconfigurationmanager.ts';
export { QNetworkInformation } from './api/bearer/qnetworkinformation.ts';
export { QNetworkInterface } from './api/bearer/qnetworkinterface.ts';
export { QNetworkSession } from './api/bearer/qnetworksession.ts';
export type { BodySource } from './api/bridge/body-source.ts';
export type {
  Attempt,
  BodyReader,
  CacheClaim,
  CacheKey,
  CacheStore,
  CacheWriter,
  CookieStandard,
  Failure,
  FailureKind,
  NegotiateContext,
  NegotiateSource,
  NetLogEvent,
  NetLogOptions,
  NetLogWhat,
  Phase,
  ProxyAnswer,
  ResourceSource,
  StorageState,
  StorageStateCookie,
  StoredAnswer,
  StoredHead,
  StoredRange,
  Timeouts,
  Timings,
  Variant,
  VaryFields,
} from './api/bridge/public-types.ts';
export { HeaderList } from './api/bridge/public-types.ts';
export { QAbstractNetworkCache } from './api/cache/qabstractnetworkcache.ts';
export { QNetworkCacheMetaData } from './api/cache/qnetworkcachemetadata.ts';
export { QNetworkDiskCache } from './api/cache/qnetworkdiskcache.ts';
export { QNetworkMemoryCache } from './api/cache/qnetworkmemorycache.ts';
export { SharedCache, type SharedCacheClient, type SharedCacheOptions } from './api/cache/shared-cache.ts';
export { QNetworkCookie } from './api/cookies/qnetworkcookie.ts';
export { type CookieOptions, QNetworkCookieJar } from './api/cookies/qnetworkcookiejar.ts';
export { QPersistentCookieJar } from './api/cookies/qpersistentcookiejar.ts';
export type { SiteForCookiesInit } from './api/cookies/site-for-cookies.ts';
export { QBuffer } from './api/core/qbuffer.ts';
export { type BytesLike, QByteArray } from './api/core/qbytearray.ts';
export { QEventLoop } from './api/core/qeventloop.ts';
export { QFile } from './api/core/qfile.ts';
export { QIODevice } from './api/core/qiodevice.ts';
export { QJsonDocument } from './api/core/qjsondocument.ts';
export { QJsonParseError } from './api/core/qjsonparseerror.ts';
export { QObject } from './api/core/qobject.ts';
export { QUrl, type UrlLike } from './api/core/qurl.ts';
export { QUrlQuery } from './api/core/qurlquery.ts';
export { Connection, Signal } from './api/core/signal.ts';
export { QAuthenticator } from './api/proxy/qauthenticator.ts';
export { QNetworkProxy } from './api/proxy/qnetworkproxy.ts';
export { type ProxyExplanation, QNetworkProxyFactory } from './api/proxy/qnetworkproxyfactory.ts';
export { QNetworkProxyQuery } from './api/proxy/qnetworkproxyquery.ts';
export { QPacProxyFactory, type QPacProxyOptions } from './api/proxy/qpacproxyfactory.ts';
export type { PinnedPublicKeysInit } from './api/security/pinned-keys.ts';
export { QSsl } from './api/security/qssl.ts';
export { QSslCertificate } from './api/security/qsslcertificate.ts';
export { QSslCertificateExtension } from './api/security/qsslcertificateextension.ts';
export { QSslCipher } from './api/security/qsslcipher.ts';
export { QSslConfiguration } from './api/security/qsslconfiguration.ts';
export { QSslDiffieHellmanParameters } from './api/security/qssldiffiehellmanparameters.ts';
export { QSslEllipticCurve } from './api/security/qsslellipticcurve.ts';
export { QSslError } from './api/security/qsslerror.ts';
export { QSslKey } from './api/security/qsslkey.ts';
export { QSslPreSharedKeyAuthenticator } from './api/security/qsslpresharedkeyauthenticator.ts';
export { QSslSocket } from './api/security/qsslsocket.ts';
export type {
  CaCertificateInit,
  CaCertificatesInit,
  RequestTrustOptions,
  TrustOptions,
} from './api/security/trust-options.ts';
export type { MeterProviderLike, TracerProviderLike } from './api/tracing/otel-words.ts';
export { type Traceable, type TraceOptions, traceRequests } from './api/tracing/trace-requests.ts';

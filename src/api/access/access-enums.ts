// The enums of the access area, complete and with the numbers of Qt 6. Qt 5 and Qt 6 gave some attribute numbers to two meanings:
// HTTP2… are aliases of Http2…, and what only Qt 5 had got a number of its own above 100000.
import { type EnumValue, makeEnum } from '../core/enums.ts';
import type { QUrl } from '../core/qurl.ts';

/** What a reply is processing (QNetworkAccessManager::Operation). */
export const Operation = makeEnum({
  UnknownOperation: 0,
  HeadOperation: 1,
  GetOperation: 2,
  PutOperation: 3,
  PostOperation: 4,
  DeleteOperation: 5,
  CustomOperation: 6,
} as const);
export type Operation = EnumValue<typeof Operation>;

/** The methods that operations stand for; a custom one brings its own. */
export const METHODS: Readonly<Record<number, string>> = {
  [Operation.HeadOperation]: 'HEAD',
  [Operation.GetOperation]: 'GET',
  [Operation.PutOperation]: 'PUT',
  [Operation.PostOperation]: 'POST',
  [Operation.DeleteOperation]: 'DELETE',
};

/** Whether the network may be used (QNetworkAccessManager::NetworkAccessibility, Qt 4.7 to 5.15). */
export const NetworkAccessibility = makeEnum({
  UnknownAccessibility: -1,
  NotAccessible: 0,
  Accessible: 1,
} as const);
export type NetworkAccessibility = EnumValue<typeof NetworkAccessibility>;

/** Everything that can go wrong (QNetworkReply::NetworkError): 1–99 transport, 101–199 proxy, 201–299 content, 301–399 protocol, 401–499 server. */
export const NetworkError = makeEnum({
  NoError: 0,
  ConnectionRefusedError: 1,
  RemoteHostClosedError: 2,
  HostNotFoundError: 3,
  TimeoutError: 4,
  OperationCanceledError: 5,
  SslHandshakeFailedError: 6,
  TemporaryNetworkFailureError: 7,
  NetworkSessionFailedError: 8,
  BackgroundRequestNotAllowedError: 9,
  TooManyRedirectsError: 10,
  InsecureRedirectError: 11,
  UnknownNetworkError: 99,
  ProxyConnectionRefusedError: 101,
  ProxyConnectionClosedError: 102,
  ProxyNotFoundError: 103,
  ProxyTimeoutError: 104,
  ProxyAuthenticationRequiredError: 105,
  UnknownProxyError: 199,
  ContentAccessDenied: 201,
  ContentOperationNotPermittedError: 202,
  ContentNotFoundError: 203,
  AuthenticationRequiredError: 204,
  ContentReSendError: 205,
  ContentConflictError: 206,
  ContentGoneError: 207,
  UnknownContentError: 299,
  ProtocolUnknownError: 301,
  ProtocolInvalidOperationError: 302,
  ProtocolFailure: 399,
  InternalServerError: 401,
  OperationNotImplementedError: 402,
  ServiceUnavailableError: 403,
  UnknownServerError: 499,
} as const);
export type NetworkError = EnumValue<typeof NetworkError>;

/** Headers with a parsed form (QNetworkRequest::KnownHeaders). NumKnownHeaders is a count, not a header. */
export const KnownHeaders = makeEnum({
  ContentTypeHeader: 0,
  ContentLengthHeader: 1,
  LocationHeader: 2,
  LastModifiedHeader: 3,
  CookieHeader: 4,
  SetCookieHeader: 5,
  ContentDispositionHeader: 6,
  UserAgentHeader: 7,
  ServerHeader: 8,
  IfModifiedSinceHeader: 9,
  ETagHeader: 10,
  IfMatchHeader: 11,
  IfNoneMatchHeader: 12,
  NumKnownHeaders: 13,
} as const);
export type KnownHeaders = EnumValue<typeof KnownHeaders>;

/** Attributes of requests and replies (QNetworkRequest::Attribute). User to UserMax are free for the program's own values. */
export const Attribute = makeEnum({
  HttpStatusCodeAttribute: 0,
  HttpReasonPhraseAttribute: 1,
  RedirectionTargetAttribute: 2,
  ConnectionEncryptedAttribute: 3,
  CacheLoadControlAttribute: 4,
  CacheSaveControlAttribute: 5,
  SourceIsFromCacheAttribute: 6,
  DoNotBufferUploadDataAttribute: 7,
  HttpPipeliningAllowedAttribute: 8,
  HttpPipeliningWasUsedAttribute: 9,
  CustomVerbAttribute: 10,
  CookieLoadControlAttribute: 11,
  AuthenticationReuseAttribute: 12,
  CookieSaveControlAttribute: 13,
  MaximumDownloadBufferSizeAttribute: 14,
  DownloadBufferAttribute: 15,
  SynchronousRequestAttribute: 16,
  BackgroundRequestAttribute: 17,
  EmitAllUploadProgressSignalsAttribute: 18,
  Http2AllowedAttribute: 19,
  HTTP2AllowedAttribute: 19,
  Http2WasUsedAttribute: 20,
  HTTP2WasUsedAttribute: 20,
  OriginalContentLengthAttribute: 21,
  RedirectPolicyAttribute: 22,
  Http2DirectAttribute: 23,
  ResourceTypeAttribute: 24,
  AutoDeleteReplyOnFinishAttribute: 25,
  ConnectionCacheExpiryTimeoutSecondsAttribute: 26,
  Http2CleartextAllowedAttribute: 27,
  UseCredentialsAttribute: 28,
  FullLocalServerNameAttribute: 29,
  User: 1000,
  UserMax: 32767,
  SpdyAllowedAttribute: 100018,
  SpdyWasUsedAttribute: 100019,
  FollowRedirectsAttribute: 100021,
} as const);
export type Attribute = EnumValue<typeof Attribute>;

/** How a request uses the cache (QNetworkRequest::CacheLoadControl). */
export const CacheLoadControl = makeEnum({
  AlwaysNetwork: 0,
  PreferNetwork: 1,
  PreferCache: 2,
  AlwaysCache: 3,
} as const);
export type CacheLoadControl = EnumValue<typeof CacheLoadControl>;

/** Whether an aspect is handled for the request or left to the caller (QNetworkRequest::LoadControl). */
export const LoadControl = makeEnum({
  Automatic: 0,
  Manual: 1,
} as const);
export type LoadControl = EnumValue<typeof LoadControl>;

/** Order in the queue for a free connection (QNetworkRequest::Priority). */
export const Priority = makeEnum({
  HighPriority: 1,
  NormalPriority: 3,
  LowPriority: 5,
} as const);
export type Priority = EnumValue<typeof Priority>;

/** Which redirects are followed (QNetworkRequest::RedirectPolicy). */
export const RedirectPolicy = makeEnum({
  ManualRedirectPolicy: 0,
  NoLessSafeRedirectPolicy: 1,
  SameOriginRedirectPolicy: 2,
  UserVerifiedRedirectPolicy: 3,
} as const);
export type RedirectPolicy = EnumValue<typeof RedirectPolicy>;

/** The transfer timeout that setTransferTimeout() sets without an argument, milliseconds. */
export const TransferTimeoutConstant = makeEnum({
  DefaultTransferTimeoutConstant: 30000,
} as const);
export type TransferTimeoutConstant = EnumValue<typeof TransferTimeoutConstant>;

/** Type of each attribute's value. Attributes not listed (User to UserMax) hold anything. */
export interface AttributeTypes {
  [Attribute.HttpStatusCodeAttribute]: number;
  [Attribute.HttpReasonPhraseAttribute]: string;
  [Attribute.RedirectionTargetAttribute]: QUrl;
  [Attribute.ConnectionEncryptedAttribute]: boolean;
  [Attribute.CacheLoadControlAttribute]: CacheLoadControl;
  [Attribute.CacheSaveControlAttribute]: boolean;
  [Attribute.SourceIsFromCacheAttribute]: boolean;
  [Attribute.DoNotBufferUploadDataAttribute]: boolean;
  [Attribute.HttpPipeliningAllowedAttribute]: boolean;
  [Attribute.HttpPipeliningWasUsedAttribute]: boolean;
  [Attribute.CustomVerbAttribute]: string;
  [Attribute.CookieLoadControlAttribute]: LoadControl;
  [Attribute.AuthenticationReuseAttribute]: LoadControl;
  [Attribute.CookieSaveControlAttribute]: LoadControl;
  [Attribute.MaximumDownloadBufferSizeAttribute]: number;
  [Attribute.DownloadBufferAttribute]: ArrayBuffer;
  [Attribute.SynchronousRequestAttribute]: boolean;
  [Attribute.BackgroundRequestAttribute]: boolean;
  [Attribute.EmitAllUploadProgressSignalsAttribute]: boolean;
  [Attribute.Http2AllowedAttribute]: boolean;
  [Attribute.Http2WasUsedAttribute]: boolean;
  [Attribute.OriginalContentLengthAttribute]: number;
  [Attribute.RedirectPolicyAttribute]: RedirectPolicy;
  [Attribute.Http2DirectAttribute]: boolean;
  [Attribute.ResourceTypeAttribute]: number;
  [Attribute.AutoDeleteReplyOnFinishAttribute]: boolean;
  [Attribute.ConnectionCacheExpiryTimeoutSecondsAttribute]: number;
  [Attribute.Http2CleartextAllowedAttribute]: boolean;
  [Attribute.UseCredentialsAttribute]: boolean;
  [Attribute.FullLocalServerNameAttribute]: string;
  [Attribute.SpdyAllowedAttribute]: boolean;
  [Attribute.SpdyWasUsedAttribute]: boolean;
  [Attribute.FollowRedirectsAttribute]: boolean;
}
export type AttributeValue<C extends number> = C extends keyof AttributeTypes ? AttributeTypes[C] : unknown;

// HAR 1.2 as types: http://www.softwareishard.com/blog/har-12-spec/. Names with an underscore are additions, as the format allows them.

/** A HAR file. */
export interface Har {
  log: HarLog;
}

export interface HarLog {
  version: string;
  creator: HarTool;
  browser?: HarTool;
  pages?: unknown[];
  entries: HarEntry[];
  comment?: string;
}

export interface HarTool {
  name: string;
  version: string;
  comment?: string;
}

/** One trip to a server, or one answer out of the store. */
export interface HarEntry {
  /** ISO 8601. */
  startedDateTime: string;
  /** All of it, milliseconds: the sum of the timings that apply, `ssl` left out. */
  time: number;
  request: HarRequest;
  response: HarResponse;
  cache: Record<string, unknown>;
  timings: HarTimings;
  serverIPAddress?: string;
  /** Number of the connection; entries with the same have shared it. */
  connection?: string;
  comment?: string;
  /** The answer came out of what was stored. */
  _fromCache?: 'store';
  /** No answer came; why. */
  _failure?: HarFailure;
}

export interface HarFailure {
  kind: string;
  phase: string;
  message: string;
}

export interface HarNameValue {
  name: string;
  value: string;
  comment?: string;
}

export interface HarCookie extends HarNameValue {
  path?: string;
  domain?: string;
  expires?: string;
  httpOnly?: boolean;
  secure?: boolean;
}

export interface HarRequest {
  method: string;
  url: string;
  httpVersion: string;
  cookies: HarCookie[];
  headers: HarNameValue[];
  queryString: HarNameValue[];
  postData?: HarPostData;
  headersSize: number;
  bodySize: number;
  comment?: string;
}

export interface HarPostData {
  mimeType: string;
  text?: string;
  params?: { name: string; value?: string; fileName?: string; contentType?: string }[];
  comment?: string;
  /** The text is base64. */
  _encoding?: 'base64';
}

export interface HarResponse {
  /** 0 = none came. */
  status: number;
  statusText: string;
  httpVersion: string;
  cookies: HarCookie[];
  headers: HarNameValue[];
  content: HarContent;
  redirectURL: string;
  headersSize: number;
  bodySize: number;
  comment?: string;
}

export interface HarContent {
  /** Bytes of the body without its content codings. */
  size: number;
  compression?: number;
  mimeType: string;
  /** The body without its content codings; missing when it was left out. */
  text?: string;
  encoding?: string;
  comment?: string;
  /** The content codings are still on it: the program wanted it so. */
  _coded?: boolean;
}

/** Milliseconds; -1 = does not apply. `connect` has `ssl` in it. */
export interface HarTimings {
  blocked?: number;
  dns?: number;
  connect?: number;
  ssl?: number;
  send: number;
  wait: number;
  receive: number;
  comment?: string;
}

/** Something is wrong with a HAR, or it has no answer to a request. */
export class HarError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HarError';
  }
}

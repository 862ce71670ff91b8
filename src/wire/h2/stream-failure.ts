import { type Failure, type FailureKind, failure } from '../../contract/failure.ts';

/** RFC 9113 7. */
export const NO_ERROR = 0x0;
export const PROTOCOL_ERROR = 0x1;
export const FLOW_CONTROL_ERROR = 0x3;
export const STREAM_CLOSED = 0x5;
export const FRAME_SIZE_ERROR = 0x6;
export const REFUSED_STREAM = 0x7;
export const CANCEL = 0x8;
export const COMPRESSION_ERROR = 0x9;
export const ENHANCE_YOUR_CALM = 0xb;
export const HTTP_1_1_REQUIRED = 0xd;

interface Meaning {
  readonly kind: FailureKind;
  readonly text: string;
}

/** What each code means to a request, in the order of the codes; Qt sorts them into the same families. */
const MEANINGS: readonly Meaning[] = [
  { kind: 'protocol', text: 'the server gave the stream up without an answer' },
  { kind: 'protocol', text: 'the server says that we broke HTTP/2' },
  { kind: 'peer-internal', text: 'the server reports an error of its own' },
  { kind: 'protocol', text: 'the server says that we sent more than its flow control allows' },
  { kind: 'timeout', text: 'the server waited in vain for our settings' },
  { kind: 'protocol', text: 'the server says that the stream was closed already' },
  { kind: 'protocol', text: 'the server says that a frame had a wrong size' },
  { kind: 'protocol', text: 'the server refused the stream' },
  { kind: 'protocol', text: 'the server canceled the stream' },
  { kind: 'protocol', text: 'the server could not decompress the head of the request' },
  { kind: 'network', text: 'the server lost the connection that the request asked for' },
  { kind: 'peer-overload', text: 'the server finds that it is asked too much' },
  { kind: 'access', text: 'the server wants a safer TLS configuration' },
  { kind: 'protocol', text: 'the server wants the request over HTTP/1.1' },
];

const UNKNOWN: Meaning = { kind: 'protocol', text: 'the server gave the stream up for a reason of its own' };

/** The failure of a request whose stream, or whose connection, the server ended with this code. */
export function codeFailure(code: number, headSeen: boolean, cause?: unknown): Failure {
  const { kind, text } = MEANINGS[code] ?? UNKNOWN;
  return failure(kind, headSeen ? 'receive' : 'wait', `${text} (HTTP/2 code ${code})`, cause === undefined ? {} : { cause });
}

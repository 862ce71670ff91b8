/** Where in the life of a hop something happened. The same words appear in errors, in the netlog and on the command line. */
export type Phase = 'setup' | 'queue' | 'resolve' | 'connect' | 'proxy' | 'tls' | 'send' | 'wait' | 'receive' | 'decode';

/** What went wrong, as a family a program can ask for. The bridge turns it into Qt's number and text. */
export type FailureKind =
  | 'refused' // nobody listens there
  | 'closed' // the peer closed or reset before the answer was complete
  | 'not-found' // name does not resolve, file does not exist
  | 'timeout'
  | 'proxy-refused' // nobody listens where the proxy should be
  | 'proxy-closed' // the proxy closed before the way to the target stood
  | 'proxy-not-found' // the name of the proxy does not resolve, or no proxy can carry the request
  | 'proxy-timeout'
  | 'auth' // a server wants to know who asks, and finding that out has failed
  | 'proxy-auth' // the proxy wants other credentials, or some at all
  | 'canceled' // abort() or an AbortSignal
  | 'tls' // handshake or verification
  | 'network' // any other socket error
  | 'offline' // the program has said that the network is not to be used
  | 'session' // the network session could not be opened, or is gone
  | 'roamed' // the way out changed under the request, which cannot go on over the new one
  | 'background' // the session wants no requests that nobody waits for
  | 'protocol' // the peer broke HTTP framing or syntax, or gave an HTTP/2 stream up without saying more
  | 'peer-internal' // the peer says that something went wrong inside it (RFC 9113 7, INTERNAL_ERROR)
  | 'peer-overload' // the peer finds that it is asked too much (RFC 9113 7, ENHANCE_YOUR_CALM)
  | 'too-many-redirects'
  | 'insecure-redirect' // the redirect policy forbids it
  | 'scheme' // nobody carries this scheme, or not with this operation
  | 'operation' // the operation cannot be done on this target
  | 'access' // the system forbids it
  | 'directory' // the target is a directory
  | 'range' // the target has nothing of the part that is wanted
  | 'decode' // content coding broken, or the bomb guard tripped
  | 'resend' // the body would have to be sent again and cannot
  | 'upload' // the body source failed, ended early or was unusable
  | 'not-stored' // only a stored answer was wanted, and there is none
  | 'data-url' // not a data: URL
  | 'input'; // what the caller gave cannot be sent (bad header, bad method, bad URL)

/** One attempt to reach one address, for the error text and the netlog. */
export interface Attempt {
  /** Of an IP address, or the path of a local socket. */
  readonly address: string;
  /** 0 for a local socket. */
  readonly port: number;
  readonly outcome: string;
  readonly milliseconds: number;
}

/** A failure is a value. The first one keeps the later ones as companions. */
export interface Failure {
  readonly kind: FailureKind;
  readonly phase: Phase;
  /** A sentence without secrets that names the thing, the place and the way out. */
  readonly message: string;
  /** True when bytes of a non-idempotent request left us and no answer came: the server may have acted. */
  maybeProcessed: boolean;
  attempts: readonly Attempt[];
  readonly cause?: unknown;
  /** For timeouts: which limit struck, in milliseconds. */
  readonly limit?: { readonly name: string; readonly milliseconds: number };
  companions?: Failure[];
  /** What a proxy said instead of opening a way to the target. Nothing of it is the target's word. */
  readonly proxyAnswer?: ProxyAnswer;
}

/** An answer to CONNECT that is a refusal. */
export interface ProxyAnswer {
  readonly status: number;
  readonly reason: string;
  /** As received, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The page that the proxy shows, as far as it came; 64 KiB at most. */
  readonly body: Uint8Array;
}

const NO_ATTEMPTS: readonly Attempt[] = Object.freeze([]);

/** Makes a failure value; optional parts are given as one object. */
export function failure(
  kind: FailureKind,
  phase: Phase,
  message: string,
  more?: {
    cause?: unknown;
    limit?: { name: string; milliseconds: number };
    attempts?: readonly Attempt[];
    proxyAnswer?: ProxyAnswer;
  },
): Failure {
  return { kind, phase, message, maybeProcessed: false, attempts: more?.attempts ?? NO_ATTEMPTS, ...more } as Failure;
}

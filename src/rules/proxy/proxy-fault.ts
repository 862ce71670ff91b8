/** What went wrong between us and a proxy, as a family a program can ask for. */
export type ProxyFaultKind =
  | 'refused' // the proxy says that nobody listens at the target
  | 'not-found' // the proxy does not find the target
  | 'network' // the proxy will not or cannot, or does not keep to its protocol
  | 'proxy-closed' // the proxy closed before the tunnel stood
  | 'proxy-authentication' // the proxy wants other credentials, or some at all
  | 'input'; // what was to be sent has no place in the protocol

/** Why a proxy gives no tunnel; a class, so that results can be told apart at no cost. */
export class ProxyFault {
  readonly kind: ProxyFaultKind;
  /** Without secrets. */
  readonly why: string;
  constructor(kind: ProxyFaultKind, why: string) {
    this.kind = kind;
    this.why = why;
  }
}

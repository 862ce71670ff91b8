import { type Failure, type FailureKind, failure, type ProxyAnswer } from '../../../contract/failure.ts';
import type { ProxyPeer } from '../../../contract/proxy.ts';
import type { ProxyFault, ProxyFaultKind } from '../../../rules/proxy/proxy-fault.ts';
import { proxyText } from '../../../rules/proxy/proxy-url.ts';

const KINDS: Readonly<Record<ProxyFaultKind, FailureKind>> = {
  refused: 'refused',
  'not-found': 'not-found',
  network: 'network',
  'proxy-closed': 'proxy-closed',
  'proxy-authentication': 'proxy-auth',
  input: 'input',
};

/** What it is called when the proxy itself cannot be reached. */
const UNREACHED: Partial<Readonly<Record<FailureKind, FailureKind>>> = {
  refused: 'proxy-refused',
  closed: 'proxy-closed',
  'not-found': 'proxy-not-found',
  timeout: 'proxy-timeout',
};

/** A proxy does not open the way to a target. */
export function tunnelFailure(fault: ProxyFault, proxy: ProxyPeer, target: string, proxyAnswer?: ProxyAnswer): Failure {
  const status = proxyAnswer === undefined ? '' : ` answered ${proxyAnswer.status} and`;
  const message = `${fault.why} (the proxy ${proxyText(proxy)}${status} opened no way to ${target})`;
  return failure(KINDS[fault.kind], 'proxy', message, proxyAnswer === undefined ? {} : { proxyAnswer });
}

/** A proxy does not say anything for too long. */
export function silenceFailure(proxy: ProxyPeer, target: string, milliseconds: number): Failure {
  const message = `the proxy ${proxyText(proxy)} opened no way to ${target} in ${milliseconds} ms`;
  return failure('proxy-timeout', 'proxy', message);
}

/** There is no connection to the proxy, or none that can be trusted. */
export function unreachedFailure(problem: Failure, proxy: ProxyPeer): Failure {
  const kind = UNREACHED[problem.kind] ?? problem.kind;
  const phase = problem.phase === 'tls' ? 'proxy' : problem.phase;
  return { ...problem, kind, phase, message: `no connection to the proxy ${proxyText(proxy)}: ${problem.message}` };
}

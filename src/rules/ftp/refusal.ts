import { type Failure, type FailureKind, failure, type Phase } from '../../contract/failure.ts';
import { type Reply, replyText } from './reply.ts';

/** What was asked for when a server said no. */
export type FtpMoment = 'greeting' | 'tls' | 'login' | 'setup' | 'get' | 'list' | 'put';

const WHAT: Readonly<Record<FtpMoment, string>> = {
  greeting: 'does not serve us',
  tls: 'does not speak TLS',
  login: 'does not let us log in',
  setup: 'does not prepare the transfer',
  get: 'does not send',
  list: 'does not list',
  put: 'does not take',
};

const PHASES: Readonly<Record<FtpMoment, Phase>> = {
  greeting: 'connect',
  tls: 'tls',
  login: 'connect',
  setup: 'wait',
  get: 'wait',
  list: 'wait',
  put: 'send',
};

/** A reply that is no yes, as a failure. `path` is what it was about, '' = the server itself. */
export function refusalOf(reply: Reply, moment: FtpMoment, place: string, path = ''): Failure {
  const what =
    path === ''
      ? ''
      : ` ${Buffer.from(path, 'latin1')
          .toString('utf8')
          .replace(/\p{C}+/gu, ' ')}`;
  return failure(kindOf(reply, moment), PHASES[moment], `${place} ${WHAT[moment]}${what}: ${replyText(reply)}`);
}

/** RFC 959 4.2.2, and what servers make of it. */
export function kindOf(reply: Reply, moment: FtpMoment): FailureKind {
  const { code } = reply;
  // neither a promise nor a refusal fits here
  if (code < 400) return 'protocol';
  if (code === 421) return moment === 'greeting' || moment === 'login' ? 'peer-overload' : 'closed';
  if (moment === 'tls') return 'tls';
  if (moment === 'greeting') return 'peer-overload';
  if (moment === 'login') return code < 500 ? 'peer-overload' : 'auth';
  switch (code) {
    case 425:
    case 452:
    case 552:
      return 'network';
    case 426:
      return 'closed';
    case 451:
      return 'peer-internal';
    case 450:
      return moment === 'list' ? 'not-found' : 'access';
    case 521:
    case 522:
    case 533:
    case 534:
    case 535:
    case 536:
      return 'tls';
    case 530:
    case 532:
    case 553:
      return 'access';
    case 550:
      return aboutFile(reply, moment);
    default:
      return moment === 'setup' ? 'protocol' : 'operation';
  }
}

/** 550 is said for everything: whether it is forbidden stands in the words, if anywhere. */
function aboutFile(reply: Reply, moment: FtpMoment): FailureKind {
  const text = reply.lines.join(' ');
  if (moment === 'put' || /permission|denied|not permitted|forbidden|access/i.test(text)) return 'access';
  return /is a directory|not a (?:plain|regular) file/i.test(text) ? 'directory' : 'not-found';
}

import type { AuthAnswer, AuthRequest } from '../../../contract/auth.ts';
import type { NegotiateContext, NegotiateSource } from '../../../contract/auth-sources.ts';
import type { Challenge } from '../../../rules/auth/challenges.ts';
import { serverEndPoint } from '../../../rules/auth/channel-binding.ts';
import type { Dialogue, Peer, Scheme, SchemeTools } from './scheme.ts';

/** RFC 4559. A ticket proves the user to whoever gets it, so it goes to those only that are listed, and to the proxy that was chosen. */
export const negotiate: Scheme = {
  name: 'negotiate',
  asks: false,
  fits: (_challenge, { peer, tools, multiplexed }) => tools.negotiate !== null && !multiplexed && mayHaveTickets(peer, tools),
  begin: (_challenge, _credentials, { peer, tools }) => new NegotiateDialogue(tools.negotiate!, `HTTP@${peer.host}`),
};

function mayHaveTickets({ proxy, host, safe, chosen }: Peer, { ticketHosts }: SchemeTools): boolean {
  if (proxy !== null) return true;
  return safe && chosen && ticketHosts.some((name) => (name.startsWith('.') ? host.endsWith(name) : host === name));
}

class NegotiateDialogue implements Dialogue {
  readonly signer = null;
  readonly bound = true;
  private readonly source: NegotiateSource;
  private readonly service: string;
  private context: NegotiateContext | null = null;
  private challenge = '';

  constructor(source: NegotiateSource, service: string) {
    this.source = source;
    this.service = service;
  }

  async answer({ certificate }: AuthRequest): Promise<AuthAnswer | null> {
    this.context ??= this.source.start(this.service, certificate === null ? null : serverEndPoint(certificate));
    const token = (await this.context?.step(this.challenge)) ?? '';
    if (!/^[A-Za-z0-9+/]+=*$/.test(token)) return null;
    // one message is enough for most, so that the body goes along
    return { value: `Negotiate ${token}`, bound: this.challenge !== '', preliminary: false };
  }

  goesOn({ token }: Challenge, keeps: boolean): boolean {
    if (token === '' || !keeps || this.context === null) return false;
    this.challenge = token;
    return true;
  }
}

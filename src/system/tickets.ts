import type { NegotiateContext, NegotiateSource } from '../contract/auth-sources.ts';

/** What is used of the package kerberos, which speaks to GSSAPI, or to SSPI on Windows. */
export interface KerberosPackage {
  readonly GSS_MECH_OID_SPNEGO: number;
  initializeClient(service: string, options: { readonly mechOID: number }): Promise<KerberosClient>;
}

interface KerberosClient {
  readonly contextComplete: boolean;
  step(challenge: string): Promise<string | null>;
}

type Load = () => Promise<{ readonly default: KerberosPackage }>;

/**
 * The Kerberos tickets of whoever runs this process: those that `kinit`, or the login to a domain, has left. It needs the package kerberos,
 * 7 or later, which is loaded with the first question; without it the first step rejects with an Error that says so. Where there is no
 * ticket, and none to be had, there is nothing to be said. The package cannot bind a ticket to a TLS connection, so a server that insists on that
 * refuses it.
 */
export function machineTickets(
  // @ts-expect-error the package need not be there, and brings no types
  load: Load = () => import('kerberos'),
  platform: NodeJS.Platform = process.platform,
): NegotiateSource {
  return {
    // SSPI has another way to write the name of a service
    start: (service) => new Context(load, platform === 'win32' ? service.replace('@', '/') : service),
  };
}

class Context implements NegotiateContext {
  private readonly load: Load;
  private readonly service: string;
  private client: KerberosClient | null = null;

  constructor(load: Load, service: string) {
    this.load = load;
    this.service = service;
  }

  async step(challenge: string): Promise<string | null> {
    const { initializeClient, GSS_MECH_OID_SPNEGO } = (await this.load().catch(missing)).default;
    try {
      this.client ??= await initializeClient(this.service, { mechOID: GSS_MECH_OID_SPNEGO });
      return this.client.contextComplete ? null : await this.client.step(challenge);
    } catch {
      // no ticket, no such service, nobody who could tell, or an answer that is none: another scheme may do
      return null;
    }
  }
}

function missing(problem: unknown): never {
  const { code } = problem as NodeJS.ErrnoException;
  throw new Error(
    code === 'ERR_MODULE_NOT_FOUND'
      ? 'Negotiate needs the package kerberos, which is not installed: npm install kerberos'
      : `Negotiate needs the package kerberos, which cannot be loaded (${code ?? 'it is damaged'}): npm rebuild kerberos`,
  );
}

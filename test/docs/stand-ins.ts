import { startOrigin } from '../../examples/demo/origin.mjs';
import { certificate, startSecure } from '../../examples/servers/secure.mjs';
import { caFile, identity } from '../support/tls.ts';

/** What stands in for the servers and files that documents speak of. */
export interface StandIns {
  /** In a program: names of the documents become ours. */
  enter(code: string): string;
  /** In what it printed: ours become those of the documents. */
  leave(output: string): string;
  /** In which the programs run. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

const file = (name: string): string => new URL(`../support/certs/${name}.pem`, import.meta.url).pathname;

/** A server that knows who comes by a key (RFC 4279); suites that HTTP/2 does not allow. */
const KEYED = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  ALPNProtocols: ['http/1.1'],
  pskIdentityHint: 'kitchen',
  pskCallback: (_socket: unknown, name: string) => (name === 'lamp' ? Buffer.from('a long secret') : null),
} as const;

/** Starts all of them. */
export async function standIns(): Promise<StandIns> {
  const origin = await startOrigin();
  const secure = {
    'https://example.org': await startSecure({ requestCert: true, rejectUnauthorized: false }),
    'https://self-signed.example.org': await startSecure(identity('selfsigned')),
    'https://internal.example.org': await startSecure(identity('good')),
    'https://keyed.example.org': await startSecure(KEYED),
  };
  const urls: (readonly [theirs: string, ours: string])[] = [
    ['http://example.org', origin.url],
    ...Object.entries(secure).map(([theirs, { url }]) => [theirs, url] as const),
  ];
  const files: (readonly [theirs: string, ours: string])[] = [
    ["'self-signed.pem'", `'${file('selfsigned')}'`],
    ["'company.pem'", `'${caFile}'`],
    ["'ada.pem'", `'${certificate('ada')}'`],
    ["'ada-key.pem'", `'${certificate('ada-key')}'`],
  ];
  return {
    enter: (code) => [...urls, ...files].reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), code),
    leave: (output) => urls.reduce((text, [theirs, ours]) => text.replaceAll(ours, theirs), output),
    environment: { ...process.env, NODE_EXTRA_CA_CERTS: certificate('authority') },
    close: async () => {
      await Promise.all([origin, ...Object.values(secure)].map((one) => one.close()));
    },
  };
}

import * as der from '../../support/der.ts';
import type { Minted } from '../../support/mint.ts';
import { type Served, serve } from '../../support/server.ts';

/** A server that shows this certificate alone. */
export const serving = ({ keyPem, pem }: Minted): Promise<Served> =>
  serve({ tls: { key: keyPem, cert: pem }, routes: { '*': { body: 'page' } } });

/** The extension that says where the certificate of the issuer is. */
export const issuedAt = (url: string): Buffer =>
  der.extension(
    '1.3.6.1.5.5.7.1.1',
    false,
    der.sequence(der.sequence(der.oid('1.3.6.1.5.5.7.48.2'), der.tagged(0x86, Buffer.from(url)))),
  );

import type { PinnedPublicKeysInit } from './pinned-keys.ts';
import type { QSslCertificate } from './qsslcertificate.ts';

/** A certificate, certificates in PEM, or the path of a file with them. Bytes may be DER, too. */
export type CaCertificatesInit = CaCertificateInit | Iterable<CaCertificateInit>;
export type CaCertificateInit = QSslCertificate | string | Uint8Array;

/** What can be said about whom to trust for one request. */
export interface RequestTrustOptions {
  /**
   * Authorities that are trusted beside those of the configuration or the machine, such as that of a company or a test server:
   * certificates, PEM, or paths of PEM files. Those of the manager and of the request add up.
   */
  extraCaCertificates?: CaCertificatesInit | undefined;
  /**
   * The public keys that servers have to have, as `sha256/…` or as curl writes it `sha256//…` (the SHA-256 digest of the
   * SubjectPublicKeyInfo, RFC 7469 2.4). A chain of certificates needs one of them, in any place. A list counts for every host that the request comes to;
   * an object for the hosts it names, and others are free; those of all entries that fit a host count. What the request says
   * replaces what the manager says.
   *
   *     pinnedPublicKeys: { 'api.example.org': ['sha256/…now…', 'sha256/…next…'] }
   *
   * A server with other keys is refused with CertificateUntrusted in `sslErrors`, whatever verify mode is set, and `ignoreSslErrors()`
   * changes nothing; only the form with a list does, if it names that error of that certificate.
   */
  pinnedPublicKeys?: PinnedPublicKeysInit | undefined;
}

/** What can be said about whom to trust for all requests of a manager. */
export interface TrustOptions extends RequestTrustOptions {
  /**
   * Whom to trust where a configuration names no authorities: 'node', the default, is what Node.js trusts (its own list and
   * `NODE_EXTRA_CA_CERTS`); 'system' adds what the operating system trusts, for instance the authority of a company's proxy.
   */
  trust?: 'node' | 'system' | undefined;
  /**
   * Fetch an intermediate certificate that a server has forgotten to send, from where its certificate says (RFC 5280 4.2.2.1); false
   * unless set, since it tells a third party of the visit, in the clear. At most 64 KiB in 2 seconds, by http, without redirects.
   */
  fetchIntermediates?: boolean | undefined;
  /**
   * Writes down the secrets of every TLS connection, so that Wireshark and others can read along: the path of a file to append to
   * (made for its owner alone), true for the one that the environment names in SSLKEYLOGFILE, or a function that is given each line. Whoever
   * has them can read all that is said. In the format of NSS.
   */
  keyLog?: string | true | ((line: string) => void) | undefined;
}

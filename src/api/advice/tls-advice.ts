import type { Advice } from './words.ts';

const TRUST = "new QNetworkAccessManager({ extraCaCertificates: 'authority.pem' })";
const IDENTITY =
  'configuration.setLocalCertificate(certificate); configuration.setPrivateKey(key); request.setSslConfiguration(configuration)';

/** Certificates and handshakes. */
export const TLS = {
  // ---- TLS: certificates
  'tls-wrong-name': {
    what: 'the certificate is not for {name}: it is for {names}',
    fix: 'Call the server by a name of its certificate, or give it a certificate for this one; if both are meant, say which name counts.',
    code: "request.setPeerVerifyName('{firstName}')",
  },
  'tls-expired': { what: 'the certificate of {name} has expired on {to}', fix: 'Renew the certificate of the server.' },
  'tls-issuer-expired': {
    what: 'a certificate above that of {name} has expired: {issuer}, on {to}',
    fix: 'Have the server send the current certificates of its authority; if the expired one is in a file of your own, replace it there.',
  },
  'tls-not-yet-valid': {
    what: 'the certificate of {name} is not valid before {from}',
    fix: 'Check the clock of this machine; if it is right, wait, or have the certificate issued anew.',
  },
  'tls-self-signed': {
    what: 'the certificate of {name} is self-signed, and nobody here trusts it',
    fix: 'Trust this very certificate, if it is the right one.',
    code: "new QNetworkAccessManager({ extraCaCertificates: 'server.pem' })",
    option: '--cacert server.pem',
  },
  'tls-unknown-root': {
    what: 'the certificate of {name} comes from an authority that is not trusted here: {authority}',
    fix: 'Trust that authority, if it is your own, such as that of a company or of a test server.',
    code: TRUST,
    option: '--cacert authority.pem',
  },
  'tls-unknown-issuer': {
    what: 'the issuer of the certificate of {name} is not known: {authority}',
    fix: 'Have the server send the certificates between its own and the authority; if that authority is your own, trust it.',
    code: TRUST,
    option: '--cacert authority.pem',
  },
  'tls-missing-intermediate': {
    what: 'the server {name} does not send the certificate of its issuer, {authority}, along',
    fix: 'Have the server send the whole chain; until then let the missing certificate be fetched.',
    code: 'new QNetworkAccessManager({ fetchIntermediates: true })',
  },
  'tls-system-authority': {
    what: 'the authority {authority} is trusted by this machine, but not by Node.js',
    fix: 'Trust whom the operating system trusts.',
    code: "new QNetworkAccessManager({ trust: 'system' })",
    option: '--system-trust',
  },
  'tls-signature': {
    what: 'a signature in the chain of {name} is wrong',
    fix: 'Do not use this connection; the server shows certificates that do not belong together, or somebody stands between.',
  },
  'tls-bad-authority': {
    what: 'a certificate in the chain of {name} was issued by somebody who may not issue it',
    fix: 'Have the certificate of the server issued by an authority that may.',
  },
  'tls-not-for-servers': {
    what: 'the certificate of {name} is not meant for servers',
    fix: 'Give the server a certificate whose extended key usage has serverAuth.',
  },
  'tls-revoked': {
    what: 'the certificate of {name} was revoked',
    fix: 'Do not use this connection; the server needs a new certificate.',
  },
  'tls-revocation-unknown': {
    what: 'whether the certificate of {name} was revoked cannot be told: {detail}',
    fix: 'Have the server send a valid OCSP response along, or do not ask for it.',
    code: 'configuration.setOcspStaplingEnabled(false)',
  },
  'tls-blacklisted': {
    what: 'the certificate of {name} is on the list of those that must not be used',
    fix: 'Do not use this connection.',
  },
  'tls-pin': {
    what: 'none of the keys that are pinned for {name} is in its chain',
    fix: 'If the server has a new key on purpose, pin that one.',
    code: "new QNetworkAccessManager({ pinnedPublicKeys: { '{name}': ['{pin}'] } })",
  },
  'tls-chain-too-long': {
    what: 'the chain of {name} is longer than the configuration allows',
    fix: 'Allow more certificates, or any number.',
    code: 'configuration.setPeerVerifyDepth(0)',
  },
  'tls-no-certificate': { what: 'the server {name} has shown no certificate', fix: 'Give the server a certificate.' },
  'tls-weak': {
    what: 'a certificate in the chain of {name} is too weak: its key is short or its digest is old ({detail})',
    fix: 'Have the certificate issued anew, with RSA of 2048 bits or P-256, and SHA-256.',
  },
  'tls-distrusted': { what: 'the certificate of {name} was refused: {detail}', fix: 'Give the server another certificate.' },
  'tls-authority-unreadable': {
    what: 'NODE_EXTRA_CA_CERTS names {file}, which cannot be read: {detail}',
    fix: 'Correct the path in NODE_EXTRA_CA_CERTS; Node.js reads it when it starts.',
  },
  'tls-unverified': {
    what: 'certificates are not verified: anybody on the way can read and change what is said',
    fix: 'Verify them, and trust the one authority that is needed.',
    code: 'configuration.setPeerVerifyMode(QSslSocket.VerifyPeer)',
  },
  'tls-expires-soon': { what: 'the certificate of {name} expires on {to}', fix: 'Renew the certificate of the server.' },

  // ---- TLS: handshakes
  'tls-plain-server': {
    what: 'the server at {place} speaks plain http and no TLS',
    fix: 'Let the server speak TLS, or write http:// in the URL if nothing secret goes there.',
    code: "manager.get('{plainUrl}')",
  },
  'tls-not-spoken': {
    what: 'what answers at {place} is no TLS',
    fix: 'Check the port: another service listens there; if it is one of plain http, write http:// in the URL.',
  },
  'tls-old-version': {
    what: 'the server {name} knows only versions of TLS that are no longer safe',
    fix: 'Update the server; until then allow the old versions, for this server alone.',
    code: "configuration.setProtocol(QSsl.TlsV1_0OrLater); configuration.setCiphers('{cipher}:@SECLEVEL=0')",
  },
  'tls-old-cipher': {
    what: 'the server {name} knows only ciphers that are no longer safe',
    fix: 'Update the server; until then allow what it knows, for this server alone.',
    code: "configuration.setCiphers('{cipher}:@SECLEVEL=0')",
  },
  'tls-own-settings': {
    what: 'our TLS configuration leaves nothing that the server {name} knows',
    fix: 'Do not narrow versions and ciphers down, or not so far.',
    code: 'request.setSslConfiguration(new QSslConfiguration())',
  },
  'tls-no-common': {
    what: 'we and the server {name} have no version of TLS, or no cipher, in common',
    fix: 'Compare the settings of the server with ours: manager, request and QSslConfiguration.',
  },
  'tls-client-certificate': {
    what: 'the server {name} wants a certificate of ours',
    fix: 'Show it one that it accepts.',
    code: IDENTITY,
  },
  'tls-client-certificate-refused': {
    what: 'the server {name} does not accept our certificate',
    fix: 'Take one of an authority that the server knows, that is valid and meant for clients.',
    code: IDENTITY,
  },
  'tls-name-refused': {
    what: 'the server does not know the name {name} that it is called by (SNI)',
    fix: 'Call the server by a name that it serves.',
  },
  'tls-closed': {
    what: 'the server closes the connection during the TLS handshake',
    fix: 'Check the port, and whether a firewall stands between; the log of the server may say why.',
  },
  'tls-silent': {
    what: '{place} does not answer the TLS handshake',
    fix: 'Check the port: what listens there may not speak TLS.',
  },
  'tls-shared-key': {
    what: 'the server {name} wants a key that both know',
    fix: 'Give it one.',
    code: 'manager.preSharedKeyAuthenticationRequired.connect((reply, who) => { who.setIdentity(identity); who.setPreSharedKey(key); })',
  },
  'tls-failed': { what: 'the TLS handshake with {name} failed: {detail}', fix: 'See what OpenSSL says about it.' },
} as const satisfies Readonly<Record<string, Advice>>;

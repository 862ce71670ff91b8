/** Something that speaks against a peer's certificate. `code` is OpenSSL's word for it, or one of `OWN_DOUBTS`. */
export interface Doubt {
  readonly code: string;
  /** Place of the certificate in the chain, 0 = the peer's own; -1 = it concerns none. */
  readonly at: number;
}

/** What is known of a TLS connection when it stands. */
export interface SecureInfo {
  /** As OpenSSL calls it, `TLSv1.3`; '' once the connection was refused. */
  readonly protocol: string;
  readonly cipher: string;
  /** The protocol agreed on by ALPN, '' = none. */
  readonly alpn: string;
  /** The certificates in DER, the peer's own first, its authority last. */
  readonly chain: readonly Uint8Array[];
  /** Empty when the certificate was verified, or nobody wanted to know. */
  readonly doubts: readonly Doubt[];
  /** The certificate was not verified: there are doubts, or nobody wanted to know. */
  readonly doubted: boolean;
  /** The key that both sides know and that stands for the certificate: what the server said, and a digest; null = there is none. */
  readonly sharedKey: { readonly hint: string; readonly digest: string } | null;
  /** It goes on with what an earlier connection has agreed on; the chain is that of the earlier one. */
  readonly resumed: boolean;
  /** What the server has chosen for this connection alone; null = nothing, or OpenSSL does not know it. */
  readonly ephemeral: EphemeralKey | null;
  /** What a later connection can go on with; null = nobody wants to know. */
  readonly session: SessionNote | null;
}

/** The server's half of a key exchange with forward secrecy. */
export interface EphemeralKey {
  readonly kind: 'DH' | 'ECDH';
  /** Of the curve, as OpenSSL calls it; '' for DH. */
  readonly curve: string;
  readonly bits: number;
}

/** A session for other processes. Written by the wire when the server sends one, which it does after the handshake, more than once. */
export interface SessionNote {
  /** With the chain it was made with, in DER; it is as secret as what is said over the connection. */
  ticket: Uint8Array | null;
  /** Seconds that the server will know it, 0 = it does not say, -1 = there is no ticket. */
  lifetime: number;
}

/** An identity and the key that the server knows it by (RFC 4279). */
export interface SharedKey {
  readonly identity: string;
  readonly key: Uint8Array;
}

/** How TLS is to be spoken, for those who want it otherwise than by default. */
export interface TlsWish {
  /** Digest of everything below but the ticket: wishes with the same key may share connections. */
  readonly key: string;
  /** Doubts are fatal unless somebody accepts them; told and passed over; not even looked for. */
  readonly verify: 'refuse' | 'tell' | 'ignore';
  /** Intermediate certificates that a chain may have; 0 = any number. */
  readonly depth: number;
  /** A peer without a certificate is refused whatever anybody says. */
  readonly certificateNeeded: boolean;
  /** Certificates in PEM that are trusted; null = those of the machine. */
  readonly authorities: readonly string[] | null;
  /** Our own certificates and the key of the first, in PEM; null = none. */
  readonly identity: { readonly certificates: string; readonly key: string } | null;
  /** OpenSSL's names of the lowest and the highest version. */
  readonly versions: readonly [lowest: TlsVersion, highest: TlsVersion];
  /** In OpenSSL's format; null = the default. */
  readonly ciphers: string | null;
  /** Groups to agree on keys with, in OpenSSL's format; null = the default. */
  readonly groups: string | null;
  /** Algorithms for signatures, in OpenSSL's format; null = the default. */
  readonly signatures: string | null;
  /** Protocols to offer by ALPN. */
  readonly alpn: readonly string[];
  /** Tell the server which name is meant. */
  readonly nameIndication: boolean;
  /** Session tickets may be offered by the server. */
  readonly tickets: boolean;
  /** New connections go on with the sessions of earlier ones. */
  readonly sharesSessions: boolean;
  /** What a later process can go on with is told. */
  readonly tellsSession: boolean;
  /** A ticket that somebody has kept. It is no part of the key: whoever has one may share a connection with those who have none. */
  readonly ticket: Uint8Array | null;
  /** Servers that cannot renegotiate safely (RFC 5746) are talked to. */
  readonly legacyRenegotiation: boolean;
  /** The server is to send along what its authority says about revocation (RFC 6066 8); none is a doubt. */
  readonly stapling: boolean;
  /** Keys that chains have to have one of; whoever accepts doubts, these count. */
  readonly pins: readonly PinRule[];
  /** An authority that a server has not sent along is fetched from where its certificate says (RFC 5280 4.2.2.1). */
  readonly fetchIntermediates: boolean;
  /** Told the secrets of every connection, a line each as NSS writes them, to read along with; null = nobody. */
  readonly keyLog: ((line: string) => void) | null;
}

/** The keys that a chain has to have one of, for some hosts: digests of SHA-256 in base64 (RFC 7469 2.4). */
export interface PinRule {
  /** A name in lower case, `*.example.org` for all names below it, or `*` for any. */
  readonly host: string;
  readonly keys: readonly string[];
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/**
 * Who is asked about TLS, synchronously. A question may abort the transfer, so who asks looks at its own state after each.
 */
export interface TlsDelegate {
  /** The handshake is done and these are the doubts. True = the connection is used all the same. */
  distrusted(info: SecureInfo): boolean;
  /** A connection whose doubts others have accepted would be free. True = it is used. */
  trusts(info: SecureInfo): boolean;
  /** Somebody would answer `sharedKey`. */
  readonly sharesKeys: boolean;
  /** The server wants a shared key; null = there is none. */
  sharedKey(hint: string): SharedKey | null;
}

export const NO_DOUBTS: readonly Doubt[] = Object.freeze([]);

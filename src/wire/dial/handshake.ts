import net from 'node:net';
import type { ConnectionOptions, DetailedPeerCertificate, PSKCallbackNegotation, TLSSocket } from 'node:tls';
import { type EphemeralKey, NO_DOUBTS, type SecureInfo, type SessionNote, type TlsWish } from '../../contract/security.ts';
import { portableTicket, sessionFacts, TLS_1_3, withoutPeer } from '../../rules/tls-session.ts';
import { bareSession, foreignSession } from './foreign-session.ts';
import { type KnownPeer, peerShown } from './known-peer.ts';
import type { SecureOptions } from './network.ts';
import { listenFor, withOwnDoubts } from './own-doubts.ts';
import type { KeptSession, Sessions } from './sessions.ts';
import { rememberKey } from './shared-key.ts';
import type { Staple } from './staple.ts';
import { contextFor } from './tls-context.ts';
import { chainOf, doubtsAbout, nameFits } from './verdict.ts';

/** The connection that TLS is spoken over: one that stands, or one that TLS opens by itself and reads as `onread` says. */
export type Beneath =
  | { readonly socket: net.Socket }
  | {
      readonly host: string;
      readonly port: number;
      readonly family: 4 | 6;
      readonly localAddress?: string;
      readonly onread: object;
    };

/** One handshake, and what Node.js asks on its way. Node.js is told to go on whatever it finds: the decision is made elsewhere. */
export class Handshake {
  readonly name: string;
  /** Somebody is being asked in the middle of it. */
  asking = false;
  private readonly wish: TlsWish | null;
  private readonly alpn: readonly string[];
  private readonly route: string;
  private readonly sessions: Sessions;
  /** Let go of in the end: the connection outlives who is asked. */
  private ask: SecureOptions['sharedKey'];
  private keyed: SecureInfo['sharedKey'] = null;
  /** null = nobody wants any. */
  private staple: Staple | null = null;
  /** What is offered to the server to go on with. */
  private offered: KeptSession | null = null;
  /** Whose sessions are kept; null until it is sure that nothing speaks against it. */
  private peer: KnownPeer | null = null;
  private note: SessionNote | null = null;

  constructor(options: SecureOptions) {
    this.name = options.peerName.replace(/\.$/, '');
    this.wish = options.wish;
    this.alpn = options.alpn;
    this.route = options.route;
    this.sessions = options.sessions;
    this.ask = options.sharedKey;
  }

  /** Throws when OpenSSL does not take what is wished for. */
  start(beneath: Beneath): TLSSocket {
    const { name, wish, ask } = this;
    const { connect } = process.getBuiltinModule('node:tls');
    let secured: TLSSocket | null = null;
    const settings: ConnectionOptions & { requestOCSP?: boolean } = {
      ...beneath,
      ALPNProtocols: this.alpn as string[],
      secureContext: contextFor(wish, ask !== null),
      rejectUnauthorized: false,
      checkServerIdentity: satisfied,
    };
    if (net.isIP(name) === 0 && wish?.nameIndication !== false) settings.servername = name;
    if (ask !== null) settings.pskCallback = (hint) => this.key(secured, hint)!;
    if (wish?.stapling === true) settings.requestOCSP = true;
    const resumable = this.resumable();
    if (resumable) this.offered = this.session();
    if (this.offered !== null) settings.session = asBuffer(this.offered.der);
    secured = connect(settings);
    // Node.js would take the whole chain apart for `checkServerIdentity`, which costs a fifth of a handshake; we look ourselves
    secured.getPeerCertificate = nobody;
    if (wish !== null) this.staple = listenFor(wish, secured);
    // in TLS 1.3 they come after the handshake
    if (resumable) secured.on('session', (session: Buffer) => this.keep(session));
    return secured;
  }

  /** Nothing was said to the server: what would have been offered is as good as before. */
  neverBegan(): void {
    if (this.offered !== null && this.sharesSessions) this.sessions.putBack(this.route, this.offered);
    this.offered = null;
  }

  /** It was not to be: perhaps because of what was offered. */
  failed(): void {
    if (this.offered !== null) this.sessions.drop(this.route);
  }

  result(secured: TLSSocket): SecureInfo {
    const { wish, name } = this;
    const { TLSSocket } = process.getBuiltinModule('node:tls');
    secured.getPeerCertificate = TLSSocket.prototype.getPeerCertificate;
    const resumed = secured.isSessionReused();
    // `authorized` of a session that goes on is what OpenSSL has found when it was made
    const verdict = secured.authorized ? '' : String(secured.authorizationError || 'UNSPECIFIED');
    const known = resumed ? this.offered!.peer : verdict === '' ? this.metBefore(secured) : null;
    const shown = known === null ? secured.getPeerCertificate(true) : null;
    const chain = known === null ? chainOf(shown!) : known.chain;
    const fits = known === null ? shown!.raw !== undefined && nameFits(name, shown!) : known.name === name;
    const looked = wish?.verify !== 'ignore';
    const keyed = this.keyed !== null;
    const found = looked ? doubtsAbout({ verdict, nameFits: fits, keyed }, chain, wish) : NO_DOUBTS;
    const doubts = withOwnDoubts(found, wish, name, chain, this.staple);
    const doubted = !looked || doubts.length > 0;
    // whom somebody has accepted all the same has no name that would fit later on
    if ((!doubted || this.sessions.personal) && !keyed)
      this.trust(known ?? peerShown(doubted ? '' : name, shown!, chain), resumed);
    this.offered = null;
    this.ask = null;
    return {
      protocol: secured.getProtocol() ?? '',
      cipher: secured.getCipher().name,
      alpn: secured.alpnProtocol || '',
      chain,
      doubts,
      doubted,
      sharedKey: this.keyed,
      resumed,
      ephemeral: ephemeralOf(secured),
      session: this.note,
    };
  }

  private trust(peer: KnownPeer, resumed: boolean): void {
    this.peer = peer;
    this.sessions.met(this.route, peer);
    if (this.wish?.tellsSession !== true) return;
    // a session that goes on may bring no new one
    const ticket = resumed ? portableTicket(this.offered!.der, peer.chain) : null;
    this.note = { ticket, lifetime: -1 };
  }

  /** Who was here before with the same certificate: what was found out about the chain then still holds. */
  private metBefore(secured: TLSSocket): KnownPeer | null {
    const known = this.sessions.peer(this.route);
    if (known === null) return null;
    const first = secured.getPeerX509Certificate()?.raw;
    return first?.equals(known.chain[0]!) === true ? known : null;
  }

  // ---- sessions

  private get sharesSessions(): boolean {
    return this.wish === null || this.wish.sharesSessions || this.sessions.personal;
  }

  /** Not where somebody wants to see more of the handshake than a session that goes on has. */
  private resumable(): boolean {
    const { wish, ask } = this;
    if (ask !== null) return false;
    if (wish === null || this.sessions.personal) return wish === null || !wish.stapling;
    return (wish.sharesSessions || wish.tellsSession) && wish.verify !== 'ignore' && !wish.stapling;
  }

  private session(): KeptSession | null {
    const { wish, sessions } = this;
    const shared = sessions.take(this.route);
    if (shared !== null || wish === null || wish.ticket === null) return shared;
    return foreignSession(wish.ticket, this.name, wish, sessions.now());
  }

  private keep(session: Buffer): void {
    const { peer, wish, note } = this;
    if (peer === null) return;
    const bare = bareSession(session);
    const facts = sessionFacts(bare);
    if (facts === null) return;
    const recent = facts.version >= TLS_1_3;
    // before TLS 1.3 OpenSSL itself does without tickets
    if (recent && wish?.tickets === false) return;
    const der = recent ? withoutPeer(bare) : bare;
    if (this.sharesSessions) this.sessions.keep(this.route, { der, facts, peer, since: this.sessions.now() });
    if (note === null) return;
    note.ticket = portableTicket(der, peer.chain);
    note.lifetime = facts.hint;
  }

  // ---- keys that both sides know

  private key(secured: TLSSocket | null, hint: string | null): PSKCallbackNegotation | null {
    // TLS 1.3 asks before anything was sent, in case there is one; suites with a shared key are those of TLS 1.2
    if (secured === null || secured.getProtocol() === 'TLSv1.3') return null;
    let shared: ReturnType<NonNullable<SecureOptions['sharedKey']>> = null;
    this.asking = true;
    try {
      shared = this.ask?.(hint ?? '') ?? null;
    } finally {
      this.asking = false;
    }
    if (shared === null) return null;
    this.keyed = rememberKey(hint ?? '', shared);
    return { identity: shared.identity, psk: shared.key };
  }
}

function ephemeralOf(secured: TLSSocket): EphemeralKey | null {
  const { type, name, size } = secured.getEphemeralKeyInfo() as { type?: string; name?: string; size?: number };
  if ((type !== 'DH' && type !== 'ECDH') || size === undefined) return null;
  return { kind: type, curve: name ?? '', bits: size };
}

function satisfied(): undefined {}

function nobody(): DetailedPeerCertificate {
  return {} as DetailedPeerCertificate;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

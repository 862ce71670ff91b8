import net from 'node:net';
import type { ConnectionOptions, DetailedPeerCertificate, PSKCallbackNegotation, TLSSocket } from 'node:tls';
import { type Failure, failure } from '../../contract/failure.ts';
import { NO_DOUBTS, type SecureInfo, type TlsWish } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { SecureOptions, Step } from './network.ts';
import { rememberKey } from './shared-key.ts';
import { tlsFailure } from './socket-failure.ts';
import { SocketStream } from './socket-stream.ts';
import { contextFor } from './tls-context.ts';
import { chainOf, doubtsAbout, nameFits, type Shown } from './verdict.ts';

type Secured = (problem: Failure | null, stream: ByteStream | null) => void;

/**
 * Lays TLS over a connected socket. Node.js is told to go on whatever it finds, since the decision is not made here: what was found
 * is in the stream's facts. Sessions are never resumed.
 */
export function secureOver(socket: net.Socket, options: SecureOptions, done: Secured): Step {
  const name = options.peerName.replace(/\.$/, '');
  const handshake = new Handshake(name, options);
  let secured: TLSSocket;
  try {
    secured = handshake.start(socket);
  } catch (error) {
    return refusedByUs(socket, error as Error, done);
  }
  const leave = (): void => {
    secured.removeListener('secureConnect', ready);
    secured.removeListener('error', failed);
    secured.removeListener('close', closed);
  };
  const drop = (): void => {
    leave();
    secured.on('error', ignore);
    // who is asked in the middle of the handshake may give it up, which OpenSSL would not survive
    if (handshake.asking) setImmediate(drop);
    else {
      secured.destroy();
      socket.destroy();
    }
  };
  const failed = (error: Error): void => {
    drop();
    done(tlsFailure(error, name), null);
  };
  const closed = (): void => failed(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
  const ready = (): void => {
    leave();
    done(null, new SocketStream(secured, handshake.result(secured), null));
  };
  secured.once('secureConnect', ready);
  secured.once('error', failed);
  secured.once('close', closed);
  return { cancel: drop };
}

/** One handshake, and what Node.js asks on its way. */
class Handshake {
  private readonly name: string;
  private readonly wish: TlsWish | null;
  private readonly alpn: readonly string[];
  /** Let go of in the end: the connection outlives who is asked. */
  private ask: SecureOptions['sharedKey'];
  /** What Node.js has shown us when OpenSSL had nothing against it; null = it asked nobody. */
  private seen: DetailedPeerCertificate | null = null;
  private nameFits = false;
  private keyed: SecureInfo['sharedKey'] = null;
  asking = false;

  constructor(name: string, options: SecureOptions) {
    this.name = name;
    this.wish = options.wish;
    this.alpn = options.alpn;
    this.ask = options.sharedKey;
  }

  start(socket: net.Socket): TLSSocket {
    const { name, wish, ask } = this;
    let secured: TLSSocket | null = null;
    const settings: ConnectionOptions = {
      socket,
      host: name,
      ALPNProtocols: [...this.alpn],
      secureContext: contextFor(wish, ask !== null),
      rejectUnauthorized: false,
      checkServerIdentity: (_host, certificate) => this.check(certificate as DetailedPeerCertificate),
    };
    if (net.isIP(name) === 0 && wish?.nameIndication !== false) settings.servername = name;
    if (ask !== null) settings.pskCallback = (hint) => this.key(secured, hint)!;
    secured = process.getBuiltinModule('node:tls').connect(settings);
    return secured;
  }

  /** Asked by Node.js when OpenSSL has verified the chain. What we say to it is not what counts. */
  private check(certificate: DetailedPeerCertificate): undefined {
    this.seen = certificate;
    this.nameFits = certificate.raw !== undefined && nameFits(this.name, certificate);
    return undefined;
  }

  private key(secured: TLSSocket | null, hint: string | null): PSKCallbackNegotation | null {
    // TLS 1.3 asks before anything was sent, in case there is one; suites with a shared key are those of TLS 1.2
    if (secured === null || secured.getProtocol() === 'TLSv1.3') return null;
    this.asking = true;
    const shared = this.ask?.(hint ?? '') ?? null;
    this.asking = false;
    if (shared === null) return null;
    this.keyed = rememberKey(hint ?? '', shared);
    return { identity: shared.identity, psk: shared.key };
  }

  result(secured: TLSSocket): SecureInfo {
    const { wish } = this;
    const certificate = this.seen ?? secured.getPeerCertificate(true);
    const chain = chainOf(certificate);
    const looked = wish?.verify !== 'ignore';
    const doubts = looked ? doubtsAbout(this.shown(secured, certificate), chain, wish) : NO_DOUBTS;
    this.seen = null;
    this.ask = null;
    return {
      protocol: secured.getProtocol() ?? '',
      cipher: secured.getCipher().name,
      alpn: secured.alpnProtocol || '',
      chain,
      doubts,
      doubted: !looked || doubts.length > 0,
      sharedKey: this.keyed,
    };
  }

  /** Node.js skips the name when the chain is bad, and for a session that goes on; then we look. */
  private shown(secured: TLSSocket, certificate: DetailedPeerCertificate): Shown {
    const fits = this.seen === null ? certificate.raw !== undefined && nameFits(this.name, certificate) : this.nameFits;
    const verdict = secured.authorized ? '' : String(secured.authorizationError || 'UNSPECIFIED');
    return { certificate, verdict, nameFits: fits, keyed: this.keyed !== null };
  }
}

/** OpenSSL does not take what was wished for: told later, as everything is. */
function refusedByUs(socket: net.Socket, error: Error, done: Secured): Step {
  const timer = setImmediate(() => {
    socket.destroy();
    const message = `the TLS configuration cannot be used: ${reasonOf(error)}`;
    done(failure('tls', 'tls', message, { cause: error }), null);
  });
  return {
    cancel() {
      clearImmediate(timer);
      socket.destroy();
    },
  };
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ERR_OSSL_X509_KEY_VALUES_MISMATCH':
      return 'the private key is not that of the local certificate';
    case 'ERR_SSL_NO_CIPHER_MATCH':
      return 'there are no such cipher suites';
    default:
      return `OpenSSL says ${code ?? message}`;
  }
}

function ignore(): void {}

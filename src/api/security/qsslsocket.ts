import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';

/** What is done about a peer's certificate. */
export const PeerVerifyMode = makeEnum({
  VerifyNone: 0,
  QueryPeer: 1,
  VerifyPeer: 2,
  AutoVerifyPeer: 3,
});

/**
 * Holder of PeerVerifyMode (Qt: QSslSocket, 4.3), see {@link QSslConfiguration.setPeerVerifyMode}. Sockets themselves are the
 * manager's business here.
 */
export class QSslSocket extends withEnums({ PeerVerifyMode }) {
  private constructor() {
    super();
  }
}

/** Types of the class's enums. */
export declare namespace QSslSocket {
  type PeerVerifyMode = EnumValue<typeof PeerVerifyMode>;
}

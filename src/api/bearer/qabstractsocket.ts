import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';

/** What may happen to a socket. */
export const SocketError = makeEnum({
  ConnectionRefusedError: 0,
  RemoteHostClosedError: 1,
  HostNotFoundError: 2,
  SocketAccessError: 3,
  SocketResourceError: 4,
  SocketTimeoutError: 5,
  DatagramTooLargeError: 6,
  NetworkError: 7,
  AddressInUseError: 8,
  SocketAddressNotAvailableError: 9,
  UnsupportedSocketOperationError: 10,
  UnfinishedSocketOperationError: 11,
  ProxyAuthenticationRequiredError: 12,
  SslHandshakeFailedError: 13,
  ProxyConnectionRefusedError: 14,
  ProxyConnectionClosedError: 15,
  ProxyConnectionTimeoutError: 16,
  ProxyNotFoundError: 17,
  ProxyProtocolError: 18,
  OperationError: 19,
  SslInternalError: 20,
  SslInvalidUserDataError: 21,
  TemporaryError: 22,
  UnknownSocketError: -1,
});

/**
 * Holder of SocketError (Qt: QAbstractSocket, 4.0). Sockets themselves are the manager's business here, and replies tell what happened to them as
 * {@link QNetworkReply.NetworkError}.
 */
export class QAbstractSocket extends withEnums({ SocketError }) {
  private constructor() {
    super();
  }
}

/** Types of the class's enums. */
export declare namespace QAbstractSocket {
  type SocketError = EnumValue<typeof SocketError>;
}

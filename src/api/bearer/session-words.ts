import { SessionError } from './bearer-enums.ts';

/** What Qt says of an error of a session. */
export const ERROR_TEXTS: Readonly<Record<SessionError, string>> = {
  [SessionError.UnknownSessionError]: 'Unknown session error.',
  [SessionError.SessionAbortedError]: 'The session was aborted by the user or system.',
  [SessionError.RoamingError]: 'Roaming was aborted or is not possible.',
  [SessionError.OperationNotSupportedError]: 'The requested operation is not supported by the system.',
  [SessionError.InvalidConfigurationError]: 'The specified configuration cannot be used.',
};

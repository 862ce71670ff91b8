// The enums of bearer management (Qt 4.7 to 5.15), complete and with Qt's numbers.
import { type EnumValue, makeEnum } from '../core/enums.ts';

/** What a configuration stands for (QNetworkConfiguration::Type). UserChoice does not occur here. */
export const Type = makeEnum({
  InternetAccessPoint: 0,
  ServiceNetwork: 1,
  UserChoice: 2,
  Invalid: 3,
} as const);
export type Type = EnumValue<typeof Type>;

/** What a network is for (QNetworkConfiguration::Purpose). No system tells, so it is always UnknownPurpose. */
export const Purpose = makeEnum({
  UnknownPurpose: 0,
  PublicPurpose: 1,
  PrivatePurpose: 2,
  ServiceSpecificPurpose: 3,
} as const);
export type Purpose = EnumValue<typeof Purpose>;

/** How far a configuration is (QNetworkConfiguration::StateFlag); each of the last three contains the one before. */
export const StateFlag = makeEnum({
  Undefined: 1,
  Defined: 2,
  Discovered: 6,
  Active: 14,
} as const);
export type StateFlag = EnumValue<typeof StateFlag>;

/** What carries a network (QNetworkConfiguration::BearerType). */
export const BearerType = makeEnum({
  BearerUnknown: 0,
  BearerEthernet: 1,
  BearerWLAN: 2,
  Bearer2G: 3,
  BearerCDMA2000: 4,
  BearerWCDMA: 5,
  BearerHSPA: 6,
  BearerBluetooth: 7,
  BearerWiMAX: 8,
  BearerEVDO: 9,
  BearerLTE: 10,
  Bearer3G: 11,
  Bearer4G: 12,
} as const);
export type BearerType = EnumValue<typeof BearerType>;

/** What the platform can do (QNetworkConfigurationManager::Capability). */
export const Capability = makeEnum({
  CanStartAndStopInterfaces: 1,
  DirectConnectionRouting: 2,
  SystemSessionSupport: 4,
  ApplicationLevelRoaming: 8,
  ForcedRoaming: 16,
  DataStatistics: 32,
  NetworkSessionRequired: 64,
} as const);
export type Capability = EnumValue<typeof Capability>;

/** QNetworkSession::State. */
export const State = makeEnum({
  Invalid: 0,
  NotAvailable: 1,
  Connecting: 2,
  Connected: 3,
  Closing: 4,
  Disconnected: 5,
  Roaming: 6,
} as const);
export type State = EnumValue<typeof State>;

/** QNetworkSession::SessionError. */
export const SessionError = makeEnum({
  UnknownSessionError: 0,
  SessionAbortedError: 1,
  RoamingError: 2,
  OperationNotSupportedError: 3,
  InvalidConfigurationError: 4,
} as const);
export type SessionError = EnumValue<typeof SessionError>;

/** What a session is to be used for (QNetworkSession::UsagePolicy, Qt 5.0). */
export const UsagePolicy = makeEnum({
  NoPolicy: 0,
  NoBackgroundTrafficPolicy: 1,
} as const);
export type UsagePolicy = EnumValue<typeof UsagePolicy>;

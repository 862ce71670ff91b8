import { systemClock } from '../../base/clock.ts';
import type { HstsEntry } from '../../contract/hsts.ts';
import { hostName } from '../../rules/hsts.ts';
import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { QUrl } from '../core/qurl.ts';

const PolicyFlag = makeEnum({ IncludeSubDomains: 1 });

const { FullyDecoded, FullyEncoded } = QUrl.ComponentFormattingOption;

/**
 * That a host, perhaps with all its sub-domains, is to be reached over TLS only, and until when (RFC 6797). A value.
 *
 * ```ts
 * const tomorrow = new Date(Date.now() + 86_400_000);
 * manager.addStrictTransportSecurityHosts([new QHstsPolicy(tomorrow, QHstsPolicy.IncludeSubDomains, 'example.org')]);
 * ```
 *
 * Qt: QHstsPolicy (5.9).
 */
export class QHstsPolicy extends withEnums({ PolicyFlag }) {
  #host = new QUrl();
  #expiry = Number.NaN;
  #includesSubDomains = false;

  /** A policy of no host that has expired, a copy of `expiry`, or one with these values. */
  constructor();
  constructor(other: QHstsPolicy);
  constructor(expiry: Date, flags: QHstsPolicy.PolicyFlags, host: string, mode?: QUrl.ParsingMode);
  constructor(expiry?: Date | QHstsPolicy, flags = 0, host = '', mode: QUrl.ParsingMode = QUrl.DecodedMode) {
    super();
    if (expiry instanceof QHstsPolicy) {
      this.#host = new QUrl(expiry.#host);
      this.#expiry = expiry.#expiry;
      this.#includesSubDomains = expiry.#includesSubDomains;
    } else if (expiry !== undefined) {
      if (!Number.isInteger(flags))
        throw new TypeError(`QHstsPolicy expects QHstsPolicy.PolicyFlag for its flags; got ${String(flags)}.`);
      this.setExpiry(expiry);
      this.#includesSubDomains = (flags & PolicyFlag.IncludeSubDomains) !== 0;
      this.setHost(host, mode);
    }
  }

  /** Sets the host; international names are fine, addresses and names that are none have no effect on any request. Throws a TypeError for what is no string. */
  setHost(host: string, mode: QUrl.ParsingMode = QUrl.DecodedMode): void {
    if (typeof host !== 'string') throw new TypeError(`QHstsPolicy.setHost expects the name of a host; got ${String(host)}.`);
    this.#host.setHost(host, mode);
  }

  /** The host in lower case, readable; with QUrl.FullyEncoded as it goes over the wire. '' when there is none, or it is no valid one. */
  host(options: number = FullyDecoded): string {
    return this.#host.isValid() ? this.#host.host(options) : '';
  }

  /** Sets when the policy ends. An invalid Date is a policy that has expired. Throws a TypeError for what is no Date. */
  setExpiry(expiry: Date): void {
    if (!(expiry instanceof Date)) throw new TypeError(`QHstsPolicy.setExpiry expects a Date; got ${String(expiry)}.`);
    this.#expiry = expiry.getTime();
  }

  /** When the policy ends; an invalid Date as long as none is set. */
  expiry(): Date {
    return new Date(this.#expiry);
  }

  /** Sets whether sub-domains of the host are meant as well. */
  setIncludesSubDomains(include: boolean): void {
    this.#includesSubDomains = include === true;
  }

  /** Whether sub-domains of the host are meant as well; false unless set. */
  includesSubDomains(): boolean {
    return this.#includesSubDomains;
  }

  /** True when the policy ended or never had an end. */
  isExpired(): boolean {
    return !(this.#expiry > systemClock.wall());
  }

  /** True when both say the same. */
  equals(other: QHstsPolicy): boolean {
    return (
      this.host() === other.host() &&
      Object.is(this.#expiry, other.#expiry) &&
      this.#includesSubDomains === other.#includesSubDomains
    );
  }
}

/** What a policy says, for the engine; null when it is about nothing that can be known. */
export function entryOf(policy: QHstsPolicy): HstsEntry | null {
  const host = hostName(policy.host(FullyEncoded));
  return host === null ? null : { host, expires: policy.expiry().getTime(), includeSubDomains: policy.includesSubDomains() };
}

/** What the engine knows of a host. */
export function policyOf({ host, expires, includeSubDomains }: HstsEntry): QHstsPolicy {
  return new QHstsPolicy(new Date(expires), includeSubDomains ? PolicyFlag.IncludeSubDomains : 0, host);
}

/** Types of the class's enums. */
export declare namespace QHstsPolicy {
  type PolicyFlag = EnumValue<typeof PolicyFlag>;
  /** Flags put together with `|`. */
  type PolicyFlags = number;
}

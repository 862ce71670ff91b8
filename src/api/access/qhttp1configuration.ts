/**
 * Settings of HTTP/1 connections for a request, see {@link QNetworkRequest.setHttp1Configuration}. A value: two configurations
 * with the same settings are equal.
 *
 * ```ts
 * const http1 = new QHttp1Configuration();
 * http1.setNumberOfConnectionsPerHost(2);
 * request.setHttp1Configuration(http1);
 * ```
 *
 * Qt: QHttp1Configuration (6.5).
 */
export class QHttp1Configuration {
  #connections = 6;

  /** Makes a configuration with the defaults, or a copy of `other`. */
  constructor(other?: QHttp1Configuration) {
    if (other !== undefined) this.#connections = other.numberOfConnectionsPerHost();
  }

  /**
   * Sets how many connections to one host and port may be open at a time, 1 to 255. The first
   * request to a host decides for those that share its connections. As in Qt a number below 1 changes nothing and a
   * number above 255 means 255. Throws a TypeError for what is no number.
   */
  setNumberOfConnectionsPerHost(amount: number): void {
    if (typeof amount !== 'number' || Number.isNaN(amount)) {
      throw new TypeError('QHttp1Configuration.setNumberOfConnectionsPerHost() expects a number of connections from 1 to 255.');
    }
    const whole = Math.min(255, Math.trunc(amount));
    if (whole >= 1) this.#connections = whole;
  }

  /** Connections to one host and port at a time; 6 unless set. */
  numberOfConnectionsPerHost(): number {
    return this.#connections;
  }

  /** True when both have the same settings. */
  equals(other: QHttp1Configuration): boolean {
    return this.#connections === other.#connections;
  }
}

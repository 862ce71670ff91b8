/** Tells the authenticator who asks, and who was tried last. */
export let askedBy: (authenticator: QAuthenticator, realm: string, user: string) => void;

/** The option that Qt keeps the realm in; for NTLM the domain. */
const REALM = 'realm';

/**
 * The question who we are, and the place for the answer (Qt: QAuthenticator, 4.3). Handed to the slots of
 * {@link QNetworkAccessManager.authenticationRequired} and {@link QNetworkAccessManager.proxyAuthenticationRequired}; left as it is, the request
 * ends with AuthenticationRequiredError or ProxyAuthenticationRequiredError.
 *
 *     manager.authenticationRequired.connect(async (reply, authenticator) => {
 *       const answer = await dialog(`${reply.url().host()} asks: ${authenticator.realm()}`, authenticator.user());
 *       if (answer === null) return; // that was all
 *       authenticator.setUser(answer.user);
 *       authenticator.setPassword(answer.password);
 *     });
 *
 * For NTLM the user may be `DOMAIN\\user` or `user@domain`, or the domain is set as the option 'realm'.
 */
export class QAuthenticator {
  #null = true;
  #user = '';
  /** A secret. */
  #password = '';
  #realm = '';
  #options: ReadonlyMap<string, unknown> = new Map();

  static {
    askedBy = (authenticator, realm, user) => {
      authenticator.setRealm(realm);
      authenticator.#user = user;
      if (realm !== '') authenticator.setOption(REALM, realm);
    };
  }

  /** One that says nothing, or a copy. */
  constructor(other?: QAuthenticator) {
    if (other === undefined) return;
    this.#null = other.#null;
    this.#user = other.#user;
    this.#password = other.#password;
    this.#realm = other.#realm;
    this.#options = other.#options;
  }

  /** Who we are; in a question who was tried last and not accepted, '' at first. */
  user(): string {
    return this.#user;
  }

  /** Says who we are. Throws a TypeError for what is no string. */
  setUser(user: string): void {
    this.#user = checkedText(user, 'setUser');
    this.#null = false;
  }

  /** The password; '' unless set, in a question too. */
  password(): string {
    return this.#password;
  }

  /** Throws a TypeError for what is no string. */
  setPassword(password: string): void {
    this.#password = checkedText(password, 'setPassword');
    this.#null = false;
  }

  /** Whose password is wanted, as the server says it, for people; '' when it says nothing. */
  realm(): string {
    return this.#realm;
  }

  /** Does not change what the server has said. Throws a TypeError for what is no string. Qt 5.4. */
  setRealm(realm: string): void {
    this.#realm = checkedText(realm, 'setRealm');
    this.#null = false;
  }

  /** An option, null when it is not set. Basic, Digest and NTLM have one: 'realm', the realm or, set for NTLM, the domain. Qt 4.7. */
  option(opt: string): unknown {
    return this.#options.get(opt) ?? null;
  }

  /** All options, as an object of their own. Qt 4.7. */
  options(): Record<string, unknown> {
    return Object.fromEntries(this.#options);
  }

  /** Sets an option. Others than 'realm' are kept only. Throws a TypeError for a name that is no string. Qt 4.7. */
  setOption(opt: string, value: unknown): void {
    this.#options = new Map(this.#options).set(checkedText(opt, 'setOption'), value);
    this.#null = false;
  }

  /** True as long as nothing was said, not even by {@link detach}. */
  isNull(): boolean {
    return this.#null;
  }

  /** Copies are independent here from the start; what remains of it is that the authenticator is not null afterwards, as in Qt. */
  detach(): void {
    this.#null = false;
  }

  /** Forgets everything. Qt 6.11. */
  clear(): void {
    this.#null = true;
    this.#user = '';
    this.#password = '';
    this.#realm = '';
    this.#options = new Map();
  }

  /** True when both say the same. */
  equals(other: QAuthenticator): boolean {
    return (
      this.#null === other.#null &&
      this.#user === other.#user &&
      this.#password === other.#password &&
      this.#realm === other.#realm &&
      this.#options.size === other.#options.size &&
      [...this.#options].every(([name, value]) => other.#options.has(name) && Object.is(other.#options.get(name), value))
    );
  }

  /** @internal What console.log shows: never the password. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `QAuthenticator(realm '${this.#realm}', user ${this.#user === '' ? 'not set' : 'set'})`;
  }
}

function checkedText(text: string, method: string): string {
  if (typeof text !== 'string') throw new TypeError(`QAuthenticator.${method} expects a string; got ${typeof text}.`);
  return text;
}

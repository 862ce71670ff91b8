/** What the guard wants to know about a request. */
export interface Caller {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site. */
  readonly site: string | undefined;
  readonly cookie: string | undefined;
  /** The token of the address; null = there is none. */
  readonly token: string | null;
}

/** What is to be done: go on; let in and set the cookie; or refuse, with a status and words. */
export type Verdict = 'pass' | 'enter' | { readonly status: number; readonly words: string };

/**
 * Who may see and do what. A page of another site can make a browser send requests here, and by its own name too (DNS rebinding): so the Host
 * has to be ours, the Origin as well where there is one, and changes have to come from our page. Other programs of this machine can send what
 * they like: so there is a token in the address, good for once, and then a cookie.
 */
export class Guard {
  readonly cookieName: string;
  private readonly hosts: ReadonlySet<string>;
  private readonly same: (a: string, b: string) => boolean;
  private readonly fresh: () => string;
  private readonly key: string;
  private token: string;

  /** `fresh` makes what nobody can guess; `same` compares without giving away by its time how much is the same. */
  constructor(port: number, fresh: () => string, same: (a: string, b: string) => boolean) {
    // cookies do not know ports: two inspectors must not take each other's
    this.cookieName = `qnetwork-inspector-${port}`;
    // nobody names the port that goes without saying
    const suffix = port === 80 ? '' : `:${port}`;
    this.hosts = new Set([`127.0.0.1${suffix}`, `localhost${suffix}`]);
    this.fresh = fresh;
    this.same = same;
    this.key = fresh();
    this.token = '';
  }

  /** The token that lets in whoever comes first with it. */
  invitation(): string {
    if (this.token === '') this.token = this.fresh();
    return this.token;
  }

  /** Value of Set-Cookie. */
  get cookie(): string {
    return `${this.cookieName}=${this.key}; Path=/; HttpOnly; SameSite=Strict`;
  }

  judge(caller: Caller): Verdict {
    const { method, host, origin, site, token } = caller;
    if (host === undefined || !this.hosts.has(host)) return refusal(403, 'This is not the host that was asked for.');
    if (origin !== undefined && origin !== `http://${host}`) return refusal(403, 'Other sites may not ask here.');
    if (method !== 'GET' && method !== 'POST') return refusal(405, 'Only GET and POST are known here.');
    if (method === 'POST' && origin === undefined) return refusal(403, 'Changes come from the page of the inspector only.');
    const known = this.knows(caller.cookie);
    if (token !== null) return this.enter(token, known);
    if (!known) return refusal(401, 'The address that startInspector() or qnam inspect has given opens the inspector, once.');
    // what others embed they cannot read, but it would be work for us; and a page of another port of this host has the cookie sent along
    if (site !== undefined && site !== 'same-origin' && site !== 'none' && caller.path !== '/')
      return refusal(403, 'Other sites may not ask here.');
    return 'pass';
  }

  /** Who is in already may come again by an address that was used. */
  private enter(token: string, known: boolean): Verdict {
    const right = this.token !== '' && this.same(token, this.token);
    if (!right && known) return 'enter';
    if (!right) return refusal(403, 'This address was used already. Read the url of the inspector again: it is a new one then.');
    this.token = '';
    return 'enter';
  }

  private knows(cookies: string | undefined): boolean {
    const prefix = `${this.cookieName}=`;
    const mine = (cookies ?? '').split(';').find((each) => each.trim().startsWith(prefix));
    return mine !== undefined && this.same(mine.trim().slice(prefix.length), this.key);
  }
}

function refusal(status: number, words: string): Verdict {
  return { status, words };
}

import { HeaderList } from '../../base/header-list.ts';
import type { Credentials } from '../../contract/auth.ts';
import type { Carriage } from '../../contract/carriage.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { Transport } from '../../contract/transport.ts';
import { basicAnswer, basicProblem } from '../../rules/auth/basic.ts';
import { targetOf, userIn } from '../../rules/ftp/target.ts';
import { goesAbsolute } from '../../rules/proxy/ways.ts';
import type { DialTools } from '../../wire/dial/dial.ts';
import { DELIVERED } from '../served.ts';
import { FtpCarriage } from './carriage.ts';
import { Logins } from './logins.ts';
import { FtpPool } from './pool.ts';

/** ftp: and ftpes: URLs: GET brings a file or lists a directory, PUT writes a file. */
export class FtpTransport implements Transport {
  private readonly pool: FtpPool;
  private readonly logins: Logins;
  private readonly http: Transport;

  /** `http` speaks to proxies that fetch files themselves; `netrc` knows who we are on hosts, null = nothing does. */
  constructor(tools: DialTools, http: Transport, netrc: ((host: string) => Credentials | null) | null) {
    this.pool = new FtpPool(tools);
    this.logins = new Logins(netrc);
    this.http = http;
  }

  carry(hop: Hop): Carriage {
    const { method, url, proxy, ask } = hop;
    const refuse = (problem: Failure): Carriage => {
      hop.fail(problem, NO_FACTS);
      return DELIVERED;
    };
    if (method !== 'GET' && method !== 'PUT')
      return refuse(failure('scheme', 'setup', `Protocol "${url.scheme}" only knows GET and PUT, not ${method}.`));
    const target = targetOf(url);
    if (typeof target === 'string')
      return refuse(failure('operation', 'setup', `${url.hrefWithoutUserInfo} cannot be asked for: ${target}`));
    if (method === 'PUT' && target.directory)
      return refuse(failure('directory', 'setup', `Cannot open ${url.hrefWithoutUserInfo}: is a directory`));
    if (proxy !== null && goesAbsolute(url, ask.wishes, proxy)) {
      const problem = introduce(hop);
      return problem === '' ? this.http.carry(hop) : refuse(failure('input', 'setup', problem));
    }
    const carriage = new FtpCarriage(hop, target, this.pool, this.logins);
    hop.carriedBy(carriage);
    carriage.start();
    return carriage;
  }

  /** Control connections that stand now. */
  get connections(): number {
    return this.pool.standing;
  }

  /** Closes all connections; what is on them or waits for one fails as canceled. */
  clear(): void {
    this.pool.clear();
  }

  /** Closes idle connections and forgets who we are; what runs goes on. */
  forget(): void {
    this.pool.closeIdle();
    this.logins.clear();
  }

  /** Closes every connection that leaves from these addresses of ours; what is under way fails so. */
  leave(local: string, problem: Failure): void {
    this.pool.leave(local, problem);
  }
}

/** Who the URL names is said at once: a proxy would ask the server as nobody, and bring what that one may see. Returns why it cannot be said. */
function introduce(hop: Hop): string {
  const given = userIn(hop.url);
  if (given === null || hop.headers.has('Authorization')) return '';
  const { user, password } = given.credentials;
  const problem = basicProblem(user, password);
  if (problem !== '') return `the user info for ${hop.url.origin} ${problem}, which a proxy cannot be told`;
  hop.headers = new HeaderList([...hop.headers.flat, 'Authorization', basicAnswer(user, password)]);
  return '';
}

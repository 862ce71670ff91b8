import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { Daemon } from './daemon.ts';
import { program } from './programs.ts';

/** Its packages, with a program of each. */
export const KERBEROS: readonly string[] = ['krb5-kdc=krb5kdc', 'krb5-admin-server=kadmin.local', 'krb5-user=kinit'];

const krb5 = (port: number): string => `[libdefaults]
 default_realm = TEST.LOCAL
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 TEST.LOCAL = {
  kdc = 127.0.0.1:${port}
 }
[domain_realm]
 localhost = TEST.LOCAL
`;

const kdc = (folder: string, port: number): string => `[kdcdefaults]
 kdc_listen = ""
 kdc_tcp_listen = 127.0.0.1:${port}
[realms]
 TEST.LOCAL = {
  database_name = ${folder}/principal
  key_stash_file = ${folder}/stash
  acl_file = ${folder}/acl
  max_life = 1h
 }
`;

/** A Kerberos realm, `TEST.LOCAL`, with the user `alice`, whose password is `secret`, and the service `HTTP/localhost`. */
export class Realm implements AsyncDisposable {
  private readonly daemon = new Daemon('kdc');

  async start(): Promise<this> {
    const { daemon } = this;
    await daemon.start(1, ([port]) => {
      daemon.write('krb5.conf', krb5(port!));
      daemon.write('kdc.conf', kdc(daemon.folder, port!));
      if (daemon.read('principal') === '') this.make();
      return { command: 'krb5kdc', args: ['-n', '-P', daemon.path('pid')], env: this.env };
    });
    return this;
  }

  private make(): void {
    this.run('kdb5_util', ['create', '-s', '-W', '-r', 'TEST.LOCAL', '-P', 'master']);
    this.run('kadmin.local', ['-q', 'addprinc -pw secret alice']);
    this.run('kadmin.local', ['-q', 'addprinc -randkey HTTP/localhost']);
    this.run('kadmin.local', ['-q', `ktadd -k ${this.keytab} HTTP/localhost`]);
    // for servers that root starts
    chmodSync(this.keytab, 0o644);
  }

  /** `alice` gets a ticket. */
  login(): void {
    this.run('kinit', ['alice'], 'secret\n');
  }

  private run(command: string, args: readonly string[], input = ''): void {
    execFileSync(program(command)!, args, { env: { ...process.env, ...this.env }, input, stdio: 'pipe', timeout: 20_000 });
  }

  /** What programs that live in this realm have in their environment. */
  get env(): Readonly<Record<string, string>> {
    const { daemon } = this;
    return {
      KRB5_CONFIG: daemon.path('krb5.conf'),
      KRB5_KDC_PROFILE: daemon.path('kdc.conf'),
      KRB5CCNAME: `FILE:${daemon.path('tickets')}`,
    };
  }

  /** The keys of `HTTP/localhost`. */
  get keytab(): string {
    return this.daemon.path('http.keytab');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.daemon[Symbol.asyncDispose]();
  }
}

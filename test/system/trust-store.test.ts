import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustSettings } from '../../src/system/trust-store/keychains.ts';
import { here, type Machine } from '../../src/system/trust-store/machine.ts';
import { readPropertyList } from '../../src/system/trust-store/property-list.ts';
import { readTrustStore } from '../../src/system/trust-store/trust-store.ts';
import { storedCertificates } from '../../src/system/trust-store/windows.ts';
import { type Minted, mint } from '../support/mint.ts';

const authority = (name: string): Minted => mint({ name, authority: true });
const [one, two, three, four] = ['one', 'two', 'three', 'four'].map(authority) as [Minted, Minted, Minted, Minted];

/** A machine with some files, and programs that say what they say. */
function machine(platform: NodeJS.Platform, files: Record<string, string>, more: Partial<Machine> = {}): Machine {
  return {
    platform,
    env: {},
    text: (path) => files[path] ?? '',
    list: (folder) => Object.keys(files).filter((path) => path.startsWith(`${folder}/`)),
    output: () => '',
    ...more,
  };
}

const names = (certificates: readonly string[]): string[] =>
  [one, two, three, four]
    .filter(({ pem }) => certificates.some((found) => same(found, pem)))
    .map(({ subject }) => nameIn(subject));

const same = (a: string, b: string): boolean => a.replace(/\s/g, '') === b.replace(/\s/g, '');
const nameIn = (subject: Buffer): string => /one|two|three|four/.exec(subject.toString('latin1'))![0];

describe('what the system trusts', () => {
  let warnings: string[] = [];
  const hear = ({ message, code }: Error & { code?: string }): void => void warnings.push(`${code}: ${message}`);
  const told = async (): Promise<string[]> => {
    // warnings are told in the next turn
    await new Promise((resolve) => void setImmediate(resolve));
    return warnings;
  };
  beforeEach(() => {
    warnings = [];
    process.on('warning', hear);
  });
  afterEach(() => void process.off('warning', hear));

  describe('on Linux and its relatives', () => {
    const DEBIAN = '/etc/ssl/certs/ca-certificates.crt';
    const rows: [what: string, files: Record<string, string>, env: Record<string, string>, found: string[]][] = [
      ['Debian, Arch, Alpine', { [DEBIAN]: one.pem + two.pem }, {}, ['one', 'two']],
      ['Fedora', { '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem': `# a comment\n${one.pem}` }, {}, ['one']],
      ['SUSE', { '/var/lib/ca-certificates/ca-bundle.pem': one.pem }, {}, ['one']],
      ['NixOS', { '/etc/ssl/certs/ca-bundle.crt': one.pem }, {}, ['one']],
      ['NixOS by its variable', { '/nix/x': two.pem, [DEBIAN]: one.pem }, { NIX_SSL_CERT_FILE: '/nix/x' }, ['two']],
      ['Alpine without a package', { '/etc/ssl/cert.pem': one.pem }, {}, ['one']],
      ['the first of several', { '/etc/ssl/cert.pem': one.pem, [DEBIAN]: two.pem }, {}, ['two']],
      ['the next after an empty one', { '/etc/ssl/cert.pem': one.pem, [DEBIAN]: '' }, {}, ['one']],
      [
        'a folder',
        { '/etc/ssl/certs/a.0': one.pem, '/etc/ssl/certs/a.pem': one.pem, '/etc/ssl/certs/b': two.pem },
        {},
        ['one', 'two'],
      ],
      ['SSL_CERT_FILE', { '/my': three.pem, [DEBIAN]: one.pem }, { SSL_CERT_FILE: '/my' }, ['three']],
      ['SSL_CERT_DIR', { '/a/x': three.pem, '/b/y': four.pem, [DEBIAN]: one.pem }, { SSL_CERT_DIR: '/a::/b' }, ['three', 'four']],
      ['both', { '/my': one.pem, '/a/x': three.pem }, { SSL_CERT_FILE: '/my', SSL_CERT_DIR: '/a' }, ['one', 'three']],
      ['empty variables', { [DEBIAN]: one.pem }, { SSL_CERT_FILE: '', SSL_CERT_DIR: '' }, ['one']],
    ];
    it.each(rows)('is found: %s', async (_what, files, env, found) => {
      const certificates = readTrustStore(machine('linux', files, { env }));
      expect(names(certificates)).toEqual(found);
      expect(certificates.length).toBe(found.length);
      expect(await told()).toEqual([]);
    });

    it('is not what cannot be read, and each is there once', () => {
      const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
      const trusted = one.pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE');
      const text = broken + two.pem + trusted + two.pem.replaceAll('\n', '\r\n') + broken + three.pem;
      const certificates = readTrustStore(machine('freebsd', { '/etc/ssl/cert.pem': text }));
      expect([names(certificates), certificates.length]).toEqual([['two', 'three'], 2]);
    });

    it('may be nothing, which is told', async () => {
      expect(readTrustStore(machine('linux', {}))).toEqual([]);
      expect(await told()).toEqual([
        expect.stringMatching(/^QNETWORK_SYSTEM_TRUST: the certificates .* SSL_CERT_FILE may name a file/),
      ]);
    });
  });

  describe('on macOS', () => {
    const print = ({ raw }: Minted): string => {
      const { createHash } = process.getBuiltinModule('node:crypto');
      return createHash('sha1').update(raw).digest('hex').toUpperCase();
    };
    const setting = (result: number | null, policy = 'sslServer', more = ''): string => `
				<dict>
					<key>kSecTrustSettingsAllowedError</key>
					<integer>-2147409654</integer>
					<key>kSecTrustSettingsPolicy</key>
					<data>
					KoZIhvdjZAED
					</data>
					<key>kSecTrustSettingsPolicyName</key>
					<string>${policy}</string>${more}${
            result === null
              ? ''
              : `
					<key>kSecTrustSettingsResult</key>
					<integer>${result}</integer>`
          }
				</dict>`;
    const entry = (of: Minted, settings: string | null): string => `
		<key>${print(of)}</key>
		<dict>
			<key>issuerName</key>
			<data>
			MA4xDDAKBgNVBAMMA29uZQ==
			</data>
			<key>modDate</key>
			<date>2024-05-05T09:02:45Z</date>
			<key>serialNumber</key>
			<data>
			EAE=
			</data>${
        settings === null
          ? ''
          : `
			<key>trustSettings</key>
			${settings}`
      }
		</dict>`;
    const exported = (...entries: string[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>trustList</key>
	<dict>${entries.join('')}
	</dict>
	<key>trustVersion</key>
	<integer>1</integer>
</dict>
</plist>
`;
    const list = (...settings: string[]): string =>
      settings.length === 0 ? '<array/>' : `<array>${settings.join('')}\n\t\t\t</array>`;

    const rows: [what: string, settings: string | null, decision: string | undefined][] = [
      ['trusted', list(setting(1)), 'trust'],
      ['trusted as a root', list(setting(2)), 'trust'],
      ['denied', list(setting(3)), 'deny'],
      ['left open', list(setting(4)), undefined],
      ['without a result', list(setting(null)), 'trust'],
      ['without settings', list(), 'trust'],
      ['without a list of them', null, 'trust'],
      ['trusted for mail', list(setting(1, 'SMIME')), undefined],
      ['denied for mail, trusted for servers', list(setting(3, 'SMIME'), setting(1)), 'trust'],
      ['trusted, and denied', list(setting(1), setting(3)), 'deny'],
      [
        'trusted for one host',
        list(setting(1, 'sslServer', '<key>kSecTrustSettingsPolicyString</key><string>h</string>')),
        undefined,
      ],
    ];
    it.each(rows)('settings say it: %s', (_what, settings, decision) => {
      expect(trustSettings(exported(entry(one, settings))).get(print(one))).toBe(decision);
    });

    it('is what Apple trusts unless denied, and of all others what is marked as trusted', () => {
      const asked: string[][] = [];
      const certificates = readTrustStore(
        machine(
          'darwin',
          {},
          {
            output(program, args) {
              asked.push([program, ...args]);
              if (args[0] === 'find-certificate') {
                if (args[3]?.includes('SystemRootCertificates')) return one.pem + two.pem;
                return args[3] === undefined ? four.pem : three.pem;
              }
              // the user trusts again what the administrator has denied
              return args[1] === '-d'
                ? exported(entry(two, list(setting(3))), entry(four, list(setting(3))), entry(three, list()))
                : exported(entry(four, list(setting(1))));
            },
          },
        ),
      );
      expect(names(certificates)).toEqual(['one', 'three', 'four']);
      expect(asked.every(([program]) => program === '/usr/bin/security')).toBe(true);
      expect(asked.length).toBe(5);
    });

    it('is only what Apple trusts where the settings cannot be read', () => {
      const output = (_program: string, [command]: readonly string[]): string =>
        command === 'find-certificate' ? one.pem : 'no';
      expect(names(readTrustStore(machine('darwin', {}, { output })))).toEqual(['one']);
    });

    it('is told in property lists, whole or not', () => {
      const text =
        '<plist><dict><key>a&amp;b</key><array><true/><integer>-5</integer><string/><dict/></array><key>c</key><date>x</date></dict></plist>';
      const read = readPropertyList(text);
      expect(read).toEqual(
        new Map<string, unknown>([
          ['a&b', [null, -5, '', new Map()]],
          ['c', null],
        ]),
      );
      for (let size = 0; size < text.length; size++) readPropertyList(text.slice(0, size));
      expect(readPropertyList(`<plist>${'<array>'.repeat(100_000)}`)).not.toBe(undefined);
      expect(readPropertyList('security: SecTrustSettingsCreateExternalRepresentation: No Trust Settings were found.')).toBe(
        null,
      );
    });
  });

  describe('on Windows', () => {
    const line = (store: string, { raw }: Minted, uses = ''): string => `${store} ${raw.toString('base64')} ${uses}\r\n`;
    const rows: [what: string, output: string, found: string[]][] = [
      ['roots and intermediates', line('Root', one) + line('CA', two), ['one', 'two']],
      ['of machine and user', line('Root', one) + line('Root', one), ['one']],
      ['not what is for mail alone', line('Root', one, '1.3.6.1.5.5.7.3.4') + line('Root', two), ['two']],
      ['what is for servers, too', line('Root', one, '1.3.6.1.5.5.7.3.4,1.3.6.1.5.5.7.3.1'), ['one']],
      ['what is for anything', line('Root', one, '2.5.29.37.0'), ['one']],
      ['not what must not be used', line('Root', one) + line('Root', two) + line('Disallowed', one), ['two']],
      ['not what is no certificate', `Root AAAA \r\n\r\nRoot\r\n${line('My', three)}${line('Root', two)}`, ['two']],
    ];
    it.each(rows)('is found: %s', (_what, output, found) => {
      const certificates = readTrustStore(machine('win32', {}, { output: () => output }));
      expect([names(certificates), certificates.length]).toEqual([found, found.length]);
    });

    it('is asked of the shell of the system, wherever that is', () => {
      const asked: (readonly string[])[] = [];
      const output = (program: string, args: readonly string[]): string => {
        asked.push([program, ...args.slice(0, 3)]);
        return '';
      };
      readTrustStore(machine('win32', {}, { output, env: { SystemRoot: 'D:\\Win' } }));
      readTrustStore(machine('win32', {}, { output }));
      const shell = '\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
      const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand'];
      expect(asked).toEqual([
        [`D:\\Win${shell}`, ...args],
        [`C:\\Windows${shell}`, ...args],
      ]);
    });

    it('is nothing when nothing is said', () => expect(storedCertificates('')).toEqual([]));
  });

  describe('here', () => {
    let folder = '';
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'qnetwork-store-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('is read from files', () => {
      writeFileSync(join(folder, 'a'), one.pem);
      writeFileSync(join(folder, 'b'), two.pem);
      const { text, list } = here();
      expect(list(folder)).toEqual([join(folder, 'a'), join(folder, 'b')]);
      expect([text(join(folder, 'a')), text(join(folder, 'c')), text(folder), list(join(folder, 'c'))]).toEqual([
        one.pem,
        '',
        '',
        [],
      ]);
    });

    it('is said by programs, unless they fail', () => {
      const { output } = here();
      const says = (script: string): string => output(process.execPath, ['-e', script]);
      expect(says('console.log("said"); console.error("not this")')).toBe('said\n');
      expect(says('console.log("said"); process.exit(1)')).toBe('');
      expect(output(join(folder, 'none'), [])).toBe('');
    });

    it('is what the environment names', () => {
      writeFileSync(join(folder, 'a'), one.pem);
      const env = { SSL_CERT_FILE: join(folder, 'a') };
      expect(names(readTrustStore({ ...here(), platform: 'linux', env }))).toEqual(['one']);
    });
  });
});

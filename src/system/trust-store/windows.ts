import { pemOf } from './certificates-in.ts';
import type { Machine } from './machine.ts';

/** Prints a line for each certificate: the store, its DER in base64, and what it may be used for as far as that is limited. */
const SCRIPT = [
  "$ErrorActionPreference='SilentlyContinue'",
  "foreach($store in 'Root','CA','Disallowed'){foreach($place in 'LocalMachine','CurrentUser'){",
  'Get-ChildItem "Cert:\\$place\\$store" | ForEach-Object {',
  '"$store " + [Convert]::ToBase64String($_.RawData) + " " + (($_.EnhancedKeyUsageList | ForEach-Object { $_.ObjectId }) -join ",")',
  '}}}',
]
  .join(';')
  .replaceAll('{;', '{');

/** For servers, or for anything (RFC 5280 4.2.1.12). */
const FOR_SERVERS = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

/** Texts with certificates, on Windows: those of the stores of authorities, for the machine and the user, that may stand for servers. */
export function windowsTrusted(machine: Machine): string[] {
  const root = machine.env['SystemRoot'] ?? 'C:\\Windows';
  const shell = `${root}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
  return storedCertificates(machine.output(shell, ['-NoProfile', '-NonInteractive', '-EncodedCommand', encodedScript()]));
}

/** Quotes and backslashes would have to survive two shells. */
function encodedScript(): string {
  return Buffer.from(SCRIPT, 'utf16le').toString('base64');
}

/** Reads the lines of the script. */
export function storedCertificates(output: string): string[] {
  const lines = output.split(/\r?\n/).map((line) => line.split(' '));
  const never = new Set(lines.filter(([store]) => store === 'Disallowed').map(([, base64]) => base64));
  return lines
    .filter(([store, base64, uses]) => (store === 'Root' || store === 'CA') && !never.has(base64) && mayServe(uses ?? ''))
    .map(([, base64]) => pemOf(base64 ?? ''));
}

function mayServe(uses: string): boolean {
  return uses === '' || uses.split(',').some((use) => FOR_SERVERS.includes(use));
}

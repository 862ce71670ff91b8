// What a machine knows about its place in the network, for proxy scripts and for finding them.
import type { NetworkInterfaceInfo } from 'node:os';
import type { SettingsMachine } from '../proxy-settings/machine.ts';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The addresses of this machine, those that only count on one link last, without loopback. Nothing is sent to find out. */
export function ownAddresses(interfaces: Interfaces = process.getBuiltinModule('node:os').networkInterfaces()): string[] {
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  const own = all.filter(({ internal }) => !internal).map(({ address }) => address.replace(/%.*$/, ''));
  const onLink = (address: string): boolean => /^(?:169\.254\.|fe[89ab])/i.test(address);
  return [...own.filter((address) => !onLink(address)), ...own.filter(onLink)];
}

/** The domains that names are completed with here, the machine's own first. */
export async function ownDomains(
  machine: SettingsMachine,
  hostName = process.getBuiltinModule('node:os').hostname(),
): Promise<string[]> {
  const dot = hostName.indexOf('.');
  const domains = [dot < 0 ? '' : hostName.slice(dot + 1), machine.env['USERDNSDOMAIN'] ?? ''];
  if (machine.platform !== 'win32') {
    const text = await machine.text('/etc/resolv.conf');
    // resolv.conf(5): both exclude each other, the last one counts
    const lines = [...text.matchAll(/^(?:search|domain)[ \t]+(.*)$/gm)];
    domains.push(...(lines.at(-1)?.[1]?.trim().split(/\s+/) ?? []));
  }
  return [...new Set(domains.map((domain) => domain.toLowerCase()).filter((domain) => domain !== ''))];
}

// RFC 6265bis 5.1.3. Domains are kept with a dot in front when they are for the hosts below them too.

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** An IP address: it has no hosts below it. */
export function isAddress(host: string): boolean {
  return host.includes(':') || IPV4.test(host);
}

/** `host` is `domain`, or one below it. Both in lower case and without a leading dot. */
export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  return (
    host.length > domain.length &&
    host.endsWith(domain) &&
    host.charCodeAt(host.length - domain.length - 1) === 0x2e &&
    !standsAlone(host)
  );
}

/** No domain is above it: an address, or the path of a local socket, which is the only host with escapes. */
function standsAlone(host: string): boolean {
  return host.includes('%') || isAddress(host);
}

/** Without the dot that says that it is for hosts below too. */
export function bareDomain(domain: string): string {
  return domain.startsWith('.') ? domain.slice(1) : domain;
}

/** The domains whose cookies a host gets: itself, and with a dot itself and all above it. */
export function domainsOf(host: string): string[] {
  const domains = [host];
  if (standsAlone(host)) return domains;
  domains.push('.' + host);
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) domains.push(host.slice(dot));
  return domains;
}

import type { PinRule } from '../contract/security.ts';

/** None of the keys in the chain is pinned for the host. */
export const PIN_MISMATCH = 'PINNED_PUBLIC_KEY_MISMATCH';

/** Keys that are pinned for a name, by all rules that are for it; null = any key will do. */
export function pinsFor(rules: readonly PinRule[], name: string): ReadonlySet<string> | null {
  const host = name.toLowerCase();
  const fitting = rules.filter((rule) => isFor(rule.host, host));
  return fitting.length === 0 ? null : new Set(fitting.flatMap(({ keys }) => keys));
}

function isFor(pattern: string, host: string): boolean {
  if (pattern === '*' || pattern === host) return true;
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

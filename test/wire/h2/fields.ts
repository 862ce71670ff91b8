import type { Random } from '../../fuzz/random.ts';

/** Fields as requests have them, some of which come again. */
export function someFields(random: Random): [string, string][] {
  const name = (): string =>
    random.pick(['x-a', 'x-b', 'cookie', 'accept', 'authorization', 'user-agent', 'x-' + random.below(40)]);
  const value = (): string => {
    const kind = random.below(8);
    if (kind === 0) return '';
    if (kind === 1) return 'v'.repeat(random.below(3_000));
    if (kind === 2)
      return Array.from({ length: 1 + random.below(20) }, () => String.fromCharCode(0x80 + random.below(128))).join('');
    if (kind === 3) return '\x7f\x01'.repeat(random.below(100));
    return random.pick(['gzip', 'text/html', 'a b c', String(random.below(50))]);
  };
  return Array.from({ length: random.below(12) }, () => [name(), value()]);
}

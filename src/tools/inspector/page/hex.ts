/** Bytes as people have always looked at them: where, sixteen of them, and what would be readable. */
export function hexLines(bytes: Uint8Array, from: number, to: number): string[] {
  const lines: string[] = [];
  for (let at = from; at < Math.min(to, bytes.length); at += 16) {
    const part = Array.from(bytes.subarray(at, Math.min(at + 16, bytes.length)));
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ').padEnd(23);
    const right = hex.slice(8).join(' ').padEnd(23);
    const text = part.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${left}  ${right}  ${text}`);
  }
  return lines;
}

import { deflateRawSync } from 'node:zlib';
import type { FoundFile, PackedFile } from './resource.ts';

/** An ES module that registers the files when it is imported. What is smaller so is compressed; nothing is unpacked before it is read. */
export function moduleText(files: readonly PackedFile[], source: string): string {
  const entries = files.map((file) => ({ ...file, value: expressionOf(file) }));
  const packs = entries.some(({ value }) => value.startsWith('packed'));
  const stores = entries.some(({ value }) => value.startsWith('stored'));
  const lines = [
    `// Made by qnam rcc from ${commented(source)}. Do not change it: run qnam rcc again.`,
    ...(packs ? ["import { inflateRawSync } from 'node:zlib';"] : []),
    "import { QResource } from 'qnetwork';",
    '',
    ...(stores ? ["const stored = (text) => () => Buffer.from(text, 'base64');"] : []),
    ...(packs ? ["const packed = (text) => () => inflateRawSync(Buffer.from(text, 'base64'));"] : []),
  ];
  for (const prefix of new Set(files.map((file) => file.prefix))) {
    lines.push('', `QResource.registerResource(${JSON.stringify(prefix)}, {`);
    for (const entry of entries) if (entry.prefix === prefix) lines.push(`  ${keyOf(entry.name)}: ${entry.value},`);
    lines.push('});');
  }
  return `${lines.join('\n')}\n`;
}

/** In a comment these end the line, which JSON knows nothing of: what follows in the name would be run. */
function commented(name: string): string {
  return JSON.stringify(name).replace(/[\u2028\u2029]/g, ' ');
}

/** In brackets, because a plain `__proto__` is no key. */
function keyOf(name: string): string {
  return name === '__proto__' ? `[${JSON.stringify(name)}]` : JSON.stringify(name);
}

function expressionOf({ bytes }: FoundFile): string {
  const compressed = deflateRawSync(bytes, { level: 9 });
  if (compressed.length < bytes.length) return `packed('${compressed.toString('base64')}')`;
  return `stored('${bytes.toString('base64')}')`;
}

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fencesOf, nameIn } from '../../scripts/house/guide.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The documents whose links and programs must work, paths from the root of the project. */
export function documents(): string[] {
  const inDocs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' });
  const pages = inDocs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path.replaceAll('\\', '/')}`);
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pages.sort()];
}

export function read(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

/** A program in a document: what stands between the fences of a block marked js or ts. */
export interface Block {
  readonly path: string;
  readonly line: number;
  readonly language: 'js' | 'ts';
  readonly code: string;
  /** Of a file that the document has its reader write; commands run it. '' for others. */
  readonly name: string;
}

/** Every program of a document. Blocks of other kinds are not programs. */
export function blocksOf(path: string, text: string): Block[] {
  return fencesOf(text).flatMap(({ line, language, above, text: code }): Block[] =>
    language === 'js' || language === 'ts' ? [{ path, line, language, code, name: nameIn(above) }] : [],
  );
}

/** What a program says it prints: the comments that start with an arrow, in their order. */
export function printedBy(block: Block): string[] {
  return Array.from(block.code.matchAll(/\/\/ → (.*)$/gm), (match) => match[1]!);
}

/** The whole program: a fragment that imports nothing is given the package and a manager. */
export function program(block: Block, names: readonly string[]): string {
  if (block.name !== '' || /^import .* from 'qnetwork';$/m.test(block.code)) return block.code;
  return `import { ${names.join(', ')} } from 'qnetwork'; const manager = new QNetworkAccessManager();\n${block.code}`;
}

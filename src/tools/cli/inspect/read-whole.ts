import { readFileSync } from 'node:fs';
import { LocalFileError } from '../local-file.ts';

/** All bytes of a file, `-` being standard input. */
export async function readWhole(path: string, stdin: NodeJS.ReadableStream): Promise<Buffer> {
  if (path === '-') {
    const pieces: Buffer[] = [];
    for await (const piece of stdin) pieces.push(Buffer.from(piece as Buffer));
    return Buffer.concat(pieces);
  }
  try {
    return readFileSync(path);
  } catch (problem) {
    throw new LocalFileError('read', path, problem);
  }
}

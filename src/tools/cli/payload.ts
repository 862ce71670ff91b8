import { readFileSync } from 'node:fs';
import type { BodySource, QFile } from '../../index.ts';
import { LocalFileError } from './local-file.ts';
import { type BodyPlan, type HeaderPlan, headerFile, type Part } from './request-parts.ts';
import { UsageError } from './usage-error.ts';

/** Makes what one request sends; each request needs its own. */
export type Payload = () => BodySource;

/** What is needed to open files and standard input. */
export interface PayloadDoors {
  readonly stdin: NodeJS.ReadableStream;
  /** An opened file device, or null when it cannot be opened. */
  openFile(path: string): QFile;
}

/** Reads what must be in memory and checks the rest, before any request starts. */
export async function loadPayload(plan: BodyPlan, requests: number, doors: PayloadDoors): Promise<Payload> {
  const only = plan.parts.length === 1 && plan.kind === 'data' ? plan.parts[0]! : null;
  if (only !== null && 'file' in only) {
    doors.openFile(only.file).close();
    return () => doors.openFile(only.file);
  }
  // Standard input can be read once: several requests share one copy, a single one streams.
  if (only !== null && 'stdin' in only && requests === 1) return () => doors.stdin;
  const pieces: Uint8Array[] = [];
  for (const part of plan.parts) pieces.push(await readPart(part, doors.stdin));
  const bytes = joined(pieces);
  if (plan.kind === 'json') mustBeJson(bytes);
  return () => bytes;
}

async function readPart(part: Part, stdin: NodeJS.ReadableStream): Promise<Uint8Array> {
  if ('text' in part) return Buffer.from(part.text);
  if ('file' in part) return readLocal(part.file);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const ampersand = Buffer.from('&');
  return Buffer.concat(pieces.flatMap((piece, i) => (i === 0 ? [piece] : [ampersand, piece])));
}

function mustBeJson(bytes: Uint8Array): void {
  try {
    JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    throw new UsageError(`--json-body is not JSON: ${(error as Error).message}`, 'to send it anyway: -d TEXT');
  }
}

/** All header fields to send, files read, in the order given. */
export function loadHeaders(plans: readonly HeaderPlan[]): { name: string; value: string }[] {
  return plans.flatMap((plan) => ('file' in plan ? headerFile(Buffer.from(readLocal(plan.file)).toString(), plan.file) : [plan]));
}

function readLocal(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LocalFileError('read', path, error);
  }
}

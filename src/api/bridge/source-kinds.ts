import { isBlob, isFormData, isIterable, isNodeStream, isWebStream } from '../../bodies/source-kinds.ts';
import type { QHttpMultiPart } from '../access/qhttpmultipart.ts';
import type { StreamSource } from './source-device.ts';

/** By its shape, because parts and multiparts hold each other. */
export function isMultiPart(x: unknown): x is QHttpMultiPart {
  if (typeof x !== 'object' || x === null) return false;
  const { append, setBoundary } = x as Record<string, unknown>;
  return typeof append === 'function' && typeof setBoundary === 'function';
}

/** What the engine can read piece by piece; bytes, forms and pairs of a query can be iterated too, and are something else. */
export function isStreamSource(x: unknown): x is StreamSource {
  if (typeof x === 'function') return true;
  if (x instanceof Uint8Array || x instanceof URLSearchParams || isFormData(x)) return false;
  return isNodeStream(x) || isWebStream(x) || isBlob(x) || isIterable(x);
}

import type { Http2Settings } from '../../contract/ask.ts';
import { H1_LIMITS } from '../h1/limits.ts';
import { ENABLE_PUSH, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE } from './frames.ts';
import type { HeadLimits } from './hpack/decoder.ts';

/**
 * Requests beside each other as long as the server does not say how many it takes (RFC 9113 6.5.2 wants 100 at least). More would all
 * have to go again when it leaves.
 */
export const STREAMS_UNSAID = 100;
/** Requests beside each other whatever the server allows: more would only wait elsewhere. */
const MOST_STREAMS = 1_000;

/** Large enough that a round trip does not slow a download down, small enough for answers that nobody reads. */
const DEFAULTS: Http2Settings = {
  key: '',
  push: false,
  huffman: true,
  streamWindow: 1_048_576,
  connectionWindow: 16_777_216,
  frameSize: 16_384,
  streams: MOST_STREAMS,
};

/** What a peer may make us hold of a head, as in HTTP/1. */
export const HEAD_LIMITS: HeadLimits = { bytes: H1_LIMITS.headBytes, fields: H1_LIMITS.fieldCount };

export function settingsOrDefault(settings: Http2Settings | null): Http2Settings {
  return settings ?? DEFAULTS;
}

/** The same as the SETTINGS frame has it: identifier, value, identifier, value … */
export function settingsFrame({ push, streamWindow, frameSize }: Http2Settings): number[] {
  return [
    ...[ENABLE_PUSH, push ? 1 : 0],
    ...[INITIAL_WINDOW_SIZE, streamWindow],
    ...[MAX_FRAME_SIZE, frameSize],
    ...[MAX_HEADER_LIST_SIZE, HEAD_LIMITS.bytes],
  ];
}

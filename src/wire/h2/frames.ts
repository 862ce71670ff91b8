/** Types of frames (RFC 9113 6). */
export const DATA = 0x0;
export const HEADERS = 0x1;
export const PRIORITY = 0x2;
export const RST_STREAM = 0x3;
export const SETTINGS = 0x4;
export const PUSH_PROMISE = 0x5;
export const PING = 0x6;
export const GOAWAY = 0x7;
export const WINDOW_UPDATE = 0x8;
export const CONTINUATION = 0x9;
/** RFC 7838 4. */
export const ALTSVC = 0xa;

/** Flags. */
export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const HAS_PRIORITY = 0x20;

/** Settings (6.5.2). */
export const HEADER_TABLE_SIZE = 0x1;
export const ENABLE_PUSH = 0x2;
export const MAX_CONCURRENT_STREAMS = 0x3;
export const INITIAL_WINDOW_SIZE = 0x4;
export const MAX_FRAME_SIZE = 0x5;
export const MAX_HEADER_LIST_SIZE = 0x6;

export const FRAME_HEADER = 9;
/** What both sides start with. */
export const FIRST_WINDOW = 65_535;
export const FIRST_FRAME = 16_384;
export const LONGEST_FRAME = 16_777_215;
export const WIDEST_WINDOW = 0x7fffffff;

/** Frames of which a stream, or the connection, is the only place (6). */
export const WITH_STREAM: ReadonlySet<number> = new Set([DATA, HEADERS, PRIORITY, RST_STREAM, PUSH_PROMISE, CONTINUATION]);
export const WITHOUT_STREAM: ReadonlySet<number> = new Set([SETTINGS, PING, GOAWAY]);

/** Bytes described by a value: text (UTF-8), {hex}, {base64}, {latin1}, {repeat, times}, {gzip: spec}, or a list of such. */
export function bytesOf(spec: unknown): Buffer;
/** Text of header bytes: UTF-8, each byte that is no part of it as \xNN. */
export function visible(value: string | Uint8Array | null | undefined): string;

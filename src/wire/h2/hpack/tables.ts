/** A field of a table. */
export interface Entry {
  readonly name: string;
  readonly value: string;
  /** Why an answer must not have it, '' = it may; found out once. */
  readonly fault: string;
}

/** RFC 7541, Appendix A: indices 1 to 61. */
const STATIC_TEXT =
  ':authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|:status 206|' +
  ':status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|' +
  'access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|content-encoding|content-language|' +
  'content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host|if-match|' +
  'if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|' +
  'proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|transfer-encoding|' +
  'user-agent|vary|via|www-authenticate';

export const STATIC_SIZE = 61;

let fields: readonly (readonly [name: string, value: string])[] | null = null;

/** The fields of the static table; place 0 is not used. */
export function staticFields(): NonNullable<typeof fields> {
  fields ??= ` |${STATIC_TEXT}`.split('|').map((text) => {
    const space = text.indexOf(' ', 1);
    return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
  });
  return fields;
}

/** RFC 7541 4.1. */
export function sizeOf(name: string, value: string): number {
  return name.length + value.length + 32;
}

/** RFC 7540 6.5.2: what both sides start with, and as much as ours ever has. */
export const TABLE_BYTES = 4_096;

// RFC 9110 8.8.3: entity tags, and lists of them.

/** RFC 9110 8.8.3.2: both strong, and the same. */
export function strongMatch(a: string, b: string): boolean {
  return a === b && isStrongTag(a);
}

/** RFC 9110 8.8.3.2: the same but for `W/`. */
export function weakMatch(a: string, b: string): boolean {
  return opaque(a) === opaque(b);
}

export function isStrongTag(tag: string): boolean {
  return tag !== '' && !tag.startsWith('W/');
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}

/** Commas belong to a tag. What is not in form ends at the next comma: some servers send tags without quotes. */
const TAG = /[ \t,]*((?:W\/)?"[^"]*"|[^ \t,][^,]*?)[ \t]*(?=,|$)/y;

/** RFC 9110 13.1.2: one of the tags of the list is this one, by weak comparison. */
export function listsTag(list: string, tag: string): boolean {
  TAG.lastIndex = 0;
  for (let match = TAG.exec(list); match !== null; match = TAG.exec(list)) if (weakMatch(match[1]!, tag)) return true;
  return false;
}

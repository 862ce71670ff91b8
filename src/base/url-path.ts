/** Paths of relative references (RFC 3986 section 5.2). */

/** RFC 3986 section 5.2.3. */
export function mergePaths(base: { readonly host: string | null; readonly path: string }, path: string): string {
  if (base.host !== null && base.path === '') return '/' + path;
  return base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
}

/** RFC 3986 section 5.2.4. Empty segments are segments: `//` stays. */
export function removeDots(path: string): string {
  if (!path.includes('/.') && !path.startsWith('.')) return path;
  let rest = path.replace(/^(\.\.?\/)+/, '');
  if (rest === '.' || rest === '..') rest = '';
  // From here on each segment is taken with the slash before it.
  const out: string[] = [];
  let i = 0;
  while (i < rest.length) {
    let next = rest.indexOf('/', i + 1);
    if (next < 0) next = rest.length;
    const segment = rest.slice(i, next);
    i = next;
    if (segment === '/..') out.pop();
    if (segment !== '/.' && segment !== '/..') out.push(segment);
    else if (next === rest.length) out.push('/');
  }
  return out.join('');
}

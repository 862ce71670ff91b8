// @ts-check
// The links of the built site. Each must lead to a page or file of the site, and to a place in it that is there; or to another host by https.
import { posix } from 'node:path';

/** @param {string} text */
const unescaped = (text) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The links and the places of a page. @param {string} html */
function read(html) {
  const values = (/** @type {RegExp} */ attribute) => Array.from(html.matchAll(attribute), ([, value = '']) => unescaped(value));
  return { links: values(/\s(?:href|src)="([^"]*)"/g), places: new Set(values(/\sid="([^"]*)"/g)) };
}

/**
 * What is wrong with the links of a site.
 * @param {ReadonlyMap<string, string>} pages pages by their path
 * @param {ReadonlySet<string>} files everything there is, pages included
 */
export function brokenLinks(pages, files) {
  const known = new Map(Array.from(pages, ([path, html]) => [path, read(html)]));
  /** @type {string[]} */
  const broken = [];
  for (const [path, { links }] of known) {
    for (const link of links) {
      if (/^(?:https?:|mailto:|data:)/.test(link)) continue;
      const [file = '', place = ''] = link.split('#', 2).map(decodeURIComponent);
      const to = file === '' ? path : posix.join(posix.dirname(path), file);
      const target = known.get(to);
      if (!files.has(to)) broken.push(`${path}: ${link} leads nowhere`);
      // pictures of the icons are put into the page by a script
      else if (place !== '' && !place.startsWith('icon-') && target && !target.places.has(place))
        broken.push(`${path}: ${link}: there is no such place on that page`);
    }
  }
  return broken;
}

// @ts-check
// Makes spec/api-inventory.json from a full description of Qt's classes: `node scripts/api-inventory.mjs path/to/api.json`.
// Needed only when that description changes; the inventory is checked in.
import { readFileSync, writeFileSync } from 'node:fs';
import { ROOT } from './house/tree.mjs';

/**
 * Qt 5 and Qt 6 gave one number to two meanings. Qt 6 keeps its numbers; what only older Qt had gets one of our own, or is an alias.
 * @type {Readonly<Record<string, string | number>>}
 */
const RENUMBERED = {
  'QNetworkRequest.Attribute.SpdyAllowedAttribute': '>=100000',
  'QNetworkRequest.Attribute.SpdyWasUsedAttribute': '>=100000',
  'QNetworkRequest.Attribute.FollowRedirectsAttribute': '>=100000',
  'QNetworkRequest.Attribute.HTTP2AllowedAttribute': 19,
  'QNetworkRequest.Attribute.HTTP2WasUsedAttribute': 20,
  'QSsl.SslProtocol.SslV2': '>=100000',
  'QSsl.SslProtocol.SslV3': '>=100000',
  'QSsl.SslProtocol.TlsV1SslV3': '>=100000',
};

const source = process.argv[2];
if (source === undefined) throw new Error('Say where the description is: node scripts/api-inventory.mjs path/to/api.json');

/** @type {{ class: string, kind: string, scope: string, members: { name: string, kind: string, value?: string | number, note?: string }[] }[]} */
const classes = JSON.parse(readFileSync(source, 'utf8'));
const lines = classes
  .filter(({ scope }) => scope !== 'optional')
  .map((entry) => {
    /** @type {Record<string, string | number>} */
    const members = Object.create(null); // a member may be called constructor
    for (const { name, kind, value, note } of entry.members) {
      // A set of flags is a type for TypeScript and a number at run time: there is nothing to find.
      if (note?.startsWith('flag-set type')) continue;
      if (kind === 'enumValue') members[name] = RENUMBERED[`${entry.class}.${name}`] ?? value ?? 0;
      else if (value !== undefined) members[name] = `${kind} = ${JSON.stringify(value)}`;
      else members[name] = members[name] === undefined ? kind : `${members[name]} + ${kind}`;
    }
    return `  ${JSON.stringify(entry.class)}: { "kind": ${JSON.stringify(entry.kind)}, "members": ${JSON.stringify(members)} }`;
  });
writeFileSync(`${ROOT}spec/api-inventory.json`, `{\n${lines.join(',\n')}\n}\n`);
console.log(`${lines.length} classes and enums`);

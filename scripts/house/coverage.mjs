// @ts-check
// Compares what a package exports with an inventory of Qt's classes. Pure: the exports are handed in.

/**
 * @typedef {Readonly<Record<string, { kind: string, members: Readonly<Record<string, string | number>> }>>} Inventory
 * @typedef {{ name: string, present: string[], total: number, later: number, missing: string[], early: string[] }} Row
 */

/** Enums whose values Qt reaches only through the enum's own name. */
const SCOPED = new Set([
  'QHttpHeaders.WellKnownHeader',
  'QNetworkCookie.SameSite',
  ...['Reachability', 'TransportMedium', 'Feature'].map((name) => `QNetworkInformation.${name}`),
]);

/** Descriptor of a member somewhere on the way up, without running a getter. @param {unknown} from @param {string} name */
function find(from, name) {
  for (
    let at = from;
    at !== null && at !== undefined && at !== Object.prototype && at !== Function.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param {unknown} got @param {string | number} wanted a value, or `>=N` for a number of our own */
const agrees = (got, wanted) =>
  typeof wanted === 'string' && wanted.startsWith('>=')
    ? typeof got === 'number' && got >= Number(wanted.slice(2))
    : got === wanted;

/** An instance to look for members that live on it, where one can be made without arguments. @param {any} made */
function instance(made) {
  try {
    return new made();
  } catch {
    return null;
  }
}

/**
 * Why a member of a class is not there, or null. @param {any} owner @param {object | null} example @param {string} name @param {string} kind
 */
function lacks(owner, example, name, kind) {
  const [sort = kind, constant] = kind.split(' = ');
  if (sort === 'constructor') return typeof owner === 'function' ? null : 'is not a class';
  if (sort === 'enum') return typeof owner[name] === 'object' ? null : 'is missing';
  if (constant !== undefined) return owner[name] === JSON.parse(constant) ? null : `is ${owner[name]} instead of ${constant}`;
  if (sort === 'static') return typeof owner[name] === 'function' ? null : 'is missing';
  const found = find(owner.prototype, name) ?? (example === null ? undefined : find(example, name));
  if (found === undefined) return 'is missing';
  if (sort.includes('signal'))
    return found.get !== undefined || typeof found.value?.connect === 'function' ? null : 'is no signal';
  return typeof found.value === 'function' || found.get !== undefined ? null : 'is no method';
}

/** Why a value of an enum is not there, or null. @param {any} all @param {string} path @param {string} name @param {string | number} value */
function lacksValue(all, path, name, value) {
  const [owner, type] = path.split('.');
  const holder = owner === undefined ? undefined : all[owner];
  const list = type === undefined ? holder : holder?.[type];
  if (list === undefined || list === null) return 'has no enum';
  if (!agrees(list[name], value)) return `is ${list[name]} instead of ${value}`;
  return SCOPED.has(path) || type === undefined || holder[name] === list[name] ? null : `is not on ${owner} itself`;
}

/**
 * @param {any} all the exports of the package
 * @param {Inventory} inventory
 * @param {ReadonlySet<string>} later `Class`, `Class.member` or `Class.Enum` that may be absent
 * @returns {Row[]} a row for each class or enum that is not put off as a whole
 */
export function coverage(all, inventory, later) {
  const rows = [];
  for (const [name, { kind, members }] of Object.entries(inventory)) {
    const owner = name.split('.')[0] ?? name;
    const put = later.has(name) || later.has(owner);
    /** @type {Row} */
    const row = { name, present: [], total: 0, later: 0, missing: [], early: [] };
    const holder = all[owner];
    if (put) {
      if (holder !== undefined && (kind !== 'enum' || later.has(name))) row.early.push(`${name} is there`);
      if (row.early.length > 0) rows.push(row);
      continue;
    }
    const example = kind === 'enum' || holder === undefined ? null : instance(holder);
    for (const [member, wanted] of Object.entries(members)) {
      const path = `${name}.${member}`;
      let lack;
      if (holder === undefined) lack = '';
      else if (kind === 'enum') lack = lacksValue(all, name, member, wanted);
      else lack = lacks(holder, example, member, String(wanted));
      if (later.has(path)) {
        row.later++;
        if (lack === null) row.early.push(`${path} is there`);
        continue;
      }
      row.total++;
      if (lack === null) row.present.push(path);
      else if (lack !== '') row.missing.push(`${path} ${lack}`);
    }
    if (holder === undefined && kind !== 'enum') row.missing.push(`${name} is not exported`);
    rows.push(row);
  }
  return rows;
}

/**
 * Values of an enum, of those that are there, that could have another number without the comparison above missing them.
 * @param {any} all @param {Inventory} inventory @param {string} path of the enum
 */
export function unnoticed(all, inventory, path) {
  const [owner = '', type] = path.split('.');
  const holder = all[owner];
  const list = (type === undefined ? holder : holder?.[type]) ?? {};
  const members = Object.entries(inventory[path]?.members ?? {}).filter(([name]) => Object.hasOwn(list, name));
  const unmissed = members.filter(([name, value]) => {
    const number = -1 - list[name]; // never the same, and never one of our own, which are positive
    const changed = { ...list, [name]: number };
    const other = type === undefined ? changed : Object.create(holder, { [type]: { value: changed }, [name]: { value: number } });
    const only = { [path]: { kind: 'enum', members: { [name]: value } } };
    return coverage({ ...all, [owner]: other }, only, new Set()).every(({ missing }) => missing.length === 0);
  });
  return unmissed.map(([name]) => `${path}.${name}`);
}

/** Names that are put off but do not exist. @param {Inventory} inventory @param {Iterable<string>} later */
export function unknown(inventory, later) {
  const known = new Set();
  for (const [name, { members }] of Object.entries(inventory)) {
    known.add(name).add(name.split('.')[0]);
    for (const member in members) known.add(`${name}.${member}`);
  }
  return [...later].filter((name) => !known.has(name));
}

// @ts-check
// Qt's enums are tables of names and numbers, on a class as statics beside all their values. On the site each is an enumeration of its own,
// and a class links to its enums instead of repeating their values.
import {
  Comment,
  ContainerReflection,
  DeclarationReflection,
  QueryType,
  ReferenceType,
  ReflectionFlag,
  ReflectionKind,
} from 'typedoc';

/** @typedef {import('typedoc').DeclarationReflection} Declaration */

/** What an enum is made of. @param {Declaration} holder */
function valuesOf(holder) {
  const { type } = holder.getSignature ?? holder;
  if (type?.type !== 'reference' || type.name !== 'Enum') return undefined;
  const [table] = type.typeArguments ?? [];
  return table?.type === 'reflection' ? (table.declaration.children ?? []) : undefined;
}

/** @param {import('typedoc').Context} context */
export function tidyEnums({ project }) {
  const all = /** @type {Declaration[]} */ (
    project.getReflectionsByKind(ReflectionKind.Variable | ReflectionKind.Property | ReflectionKind.Accessor)
  );
  // those that a class has itself come first: others inherit them
  const holders = all.filter((one) => valuesOf(one) !== undefined).sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  /** @type {Map<Declaration, string[]>} */
  const names = new Map();
  for (const holder of holders) {
    const { parent } = holder;
    const values = valuesOf(holder) ?? [];
    const target = typeOf(holder, values);
    if (target === undefined) continue;
    if (target.kind === ReflectionKind.TypeAlias) become(target, holder, values, project);
    if (parent instanceof DeclarationReflection && parent.kind === ReflectionKind.Class) {
      names.set(parent, [...(names.get(parent) ?? []), ...values.map(({ name }) => name)]);
      (holder.getSignature ?? holder).type = new QueryType(
        ReferenceType.createResolvedReference(target.getFriendlyFullName(), target, project),
      );
    } else project.removeReflection(holder);
  }
  for (const [owner, values] of names) dropRepeated(owner, values);
  for (const one of /** @type {Declaration[]} */ (project.getReflectionsByKind(ReflectionKind.All))) ownAgain(one);
}

/** Takes the values off a class, where they stand beside their enums. @param {Declaration} owner @param {readonly string[]} values */
function dropRepeated(owner, values) {
  for (const child of [...(owner.children ?? [])]) {
    const { flags, kind, name, type, project } = child;
    if (flags.isStatic && kind === ReflectionKind.Property && type?.type === 'literal' && values.includes(name))
      project.removeReflection(child);
  }
}

/** What a class has by way of `withEnums` it has inherited from nobody. @param {Declaration} member */
function ownAgain(member) {
  if (!member.inheritedFrom?.name.startsWith('withEnums(')) return;
  delete member.inheritedFrom;
  member.setFlag(ReflectionFlag.Inherited, false);
}

/**
 * The type of a table: of the same name beside it, or in the namespace of its class, or of the class that it comes from.
 * @param {Declaration} holder @param {readonly Declaration[]} values @returns {Declaration | undefined}
 */
function typeOf({ name, parent }, values) {
  if (parent?.kind !== ReflectionKind.Class) return sibling(parent, name);
  const spaces = childrenOf(parent.parent).filter((one) => one.kind === ReflectionKind.Namespace);
  const own = spaces.find((space) => space.name === parent.name);
  const namesOf = (/** @type {readonly Declaration[]} */ list) => list.map((value) => value.name).join();
  const others = spaces.map((space) => sibling(space, name));
  return sibling(own, name) ?? others.find((one) => namesOf(childrenOf(one)) === namesOf(values));
}

/** @param {import('typedoc').Reflection | undefined} parent @param {string} name */
const sibling = (parent, name) =>
  childrenOf(parent).find((one) => one.name === name && one.kindOf([ReflectionKind.TypeAlias, ReflectionKind.Enum]));

/** Whether a table stands beside its type, or in a class with types of that name. @param {Declaration} holder */
const isOwn = ({ name, parent }) =>
  parent?.kind !== ReflectionKind.Class ||
  childrenOf(parent.parent).some(
    (one) => one.kind === ReflectionKind.Namespace && one.name === parent.name && sibling(one, name),
  );

/** @param {import('typedoc').Reflection | undefined} parent */
const childrenOf = (parent) => (parent instanceof ContainerReflection ? (parent.children ?? []) : []);

/** @param {Declaration} target @param {Declaration} holder @param {readonly Declaration[]} values @param {import('typedoc').ProjectReflection} project */
function become(target, holder, values, project) {
  const { type } = target;
  target.kind = ReflectionKind.Enum;
  delete target.type;
  target.comment ??= holder.comment?.clone() ?? new Comment();
  const { parent } = target;
  if (parent?.kind === ReflectionKind.Namespace && values[0])
    target.comment.summary.push({
      kind: 'text',
      text: `\n\nThe values are statics of the class, too: \`${parent.name}.${values[0].name}\`.`,
    });
  // what refers to the table or to the type of its values means this enumeration
  const [table] = type?.type === 'reference' ? (type.typeArguments ?? [type]) : [];
  const meant = table?.type === 'query' ? table.queryType : table;
  if (meant?.type === 'reference' && meant.symbolId) project.registerSymbolId(target, meant.symbolId);
  for (const value of values) {
    const member = new DeclarationReflection(value.name, ReflectionKind.EnumMember, target);
    if (value.type) member.type = value.type;
    if (value.comment) member.comment = value.comment.clone();
    target.addChild(member);
    project.registerReflection(member, undefined, undefined);
  }
}

// @ts-check
// Classes as their users see them: below the next public class, with signals apart from other accessors.
import { Comment, CommentTag, ReferenceType, ReflectionKind } from 'typedoc';

/** @typedef {import('typedoc').DeclarationReflection} Declaration */

/** @param {import('typedoc').Context} context */
export function tidyClasses(context) {
  const { programs, project } = context;
  const [program] = programs;
  if (program === undefined) return;
  const checker = program.getTypeChecker();
  for (const one of /** @type {Declaration[]} */ (project.getReflectionsByKind(ReflectionKind.Class))) {
    const symbol = context.getSymbolFromReflection(one);
    if (symbol === undefined) continue;
    const base = publicBase(
      context,
      checker,
      /** @type {import('typescript').InterfaceType} */ (checker.getDeclaredTypeOfSymbol(symbol)),
    );
    if (base !== undefined) one.extendedTypes = [ReferenceType.createResolvedReference(base.name, base, project)];
    else if (one.extendedTypes?.every((type) => type.type !== 'reference' || type.name !== 'Error')) delete one.extendedTypes;
    for (const child of one.children ?? []) groupSignal(child);
  }
}

/**
 * The nearest class above that has a page; those between are how a class is cut into files.
 * @param {import('typedoc').Context} context @param {import('typescript').TypeChecker} checker @param {import('typescript').InterfaceType} type
 * @returns {import('typedoc').Reflection | undefined}
 */
function publicBase(context, checker, type) {
  for (const base of checker.getBaseTypes(type)) {
    const parts = base.isIntersection() ? base.types : [base];
    for (const part of parts) {
      const symbol = part.getSymbol();
      if (symbol === undefined) continue;
      const found = context.getReflectionFromSymbol(symbol);
      if (found?.kind === ReflectionKind.Class) return found;
      const target = /** @type {import('typescript').TypeReference} */ (part).target ?? part;
      if (!target.isClassOrInterface()) continue;
      const above = publicBase(context, checker, target);
      if (above !== undefined) return above;
    }
  }
  return undefined;
}

/** @param {Declaration} accessor */
function groupSignal(accessor) {
  const type = accessor.getSignature?.type;
  if (type?.type !== 'reference' || !['Signal', 'CallableSignal'].includes(type.name)) return;
  accessor.comment ??= new Comment();
  accessor.comment.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: 'Signals' }]));
}

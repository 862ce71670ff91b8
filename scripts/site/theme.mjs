// @ts-check
import { DefaultTheme, ReflectionKind } from 'typedoc';

/** Names in the navigation that say more than those of typedoc. @type {Readonly<Record<string, string>>} */
const NAMES = { Modules: 'API' };

/** Groups of typedoc that small modules are better without. */
const KINDS = new Set(['Classes', 'Enumerations', 'Functions', 'Interfaces', 'Type Aliases', 'Variables']);

/** @typedef {import('typedoc').NavigationElement} Element */

/** The default theme with a navigation without files of the sources, and with as few levels as will do. */
export class Theme extends DefaultTheme {
  /** @override @param {import('typedoc').ProjectReflection} project */
  buildNavigation(project) {
    return shown(super.buildNavigation(project));
  }
}

/** @param {readonly Element[]} elements @returns {Element[]} */
function shown(elements) {
  return elements
    .filter(({ text, kind, path }) => !(text === 'Sources' && !path) && kind !== ReflectionKind.Namespace)
    .flatMap((element) => (!element.path && KINDS.has(element.text) ? (element.children ?? []) : [element]))
    .map(({ children, ...element }) => ({
      ...element,
      text: element.path ? element.text : (NAMES[element.text] ?? element.text),
      ...(children && { children: shown(children) }),
    }))
    .filter(({ path, children }) => path || children?.length);
}

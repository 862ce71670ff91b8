// @ts-check
// Public names in the navigation: modules as they are imported, names in the categories of guides.mjs.
import { Comment, CommentTag, ReflectionKind } from 'typedoc';
import { CATEGORIES } from './guides.mjs';

/** @param {import('typedoc').ProjectReflection} project */
export function nameModules(project) {
  for (const module of project.getChildrenByKind(ReflectionKind.Module))
    module.name = module.name === 'index' ? 'qnetwork' : `qnetwork/${module.name.replace('/index', '')}`;
}

/** @param {import('typedoc').Context} context */
export function categorize(context) {
  for (const module of context.project.getChildrenByKind(ReflectionKind.Module)) {
    for (const child of module.children ?? []) {
      const file = context.getSymbolFromReflection(child)?.declarations?.[0]?.getSourceFile().fileName ?? '';
      const category =
        child.kind === ReflectionKind.Namespace ? 'Enumerations by class' : CATEGORIES.find(([folder]) => folder.test(file))?.[1];
      if (category === undefined || !/^qnetwork(?:\/testing)?$/.test(module.name)) continue;
      child.comment ??= new Comment();
      child.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
    }
  }
}

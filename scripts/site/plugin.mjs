// @ts-check
// What the site is beside what typedoc makes of the public names. Loaded by typedoc.json.
import { posix, resolve } from 'node:path';
import {
  Context,
  Converter,
  KindRouter,
  MarkdownEvent,
  MinimalSourceFile,
  normalizePath,
  PageEvent,
  ReflectionKind,
} from 'typedoc';
import { ROOT } from '../house/tree.mjs';
import { tidyClasses } from './classes.mjs';
import { sitePages } from './documents.mjs';
import { tidyEnums } from './enums.mjs';
import { guidePage, INLINE } from './guides.mjs';
import { categorize, nameModules } from './names.mjs';
import { Theme } from './theme.mjs';

/** The file that a page is made of, from the root. @param {import('typedoc').Reflection} reflection */
function sourceOf(reflection) {
  if (reflection.isProject()) return 'README.md';
  return reflection.project.files.getReflectionPath(reflection)?.slice(normalizePath(ROOT).length) ?? '';
}

/** Pages are called after their files: guides/cache.html, whatever its heading is. */
class Router extends KindRouter {
  /** @override @param {import('typedoc').Reflection} reflection */
  getIdealBaseName(reflection) {
    return reflection.isDocument() ? guidePage(sourceOf(reflection)).replace(/\.html$/, '') : super.getIdealBaseName(reflection);
  }
}

/** Types without a public name are shown as what they are. */
Context.prototype['shouldInline'] = (/** @type {unknown} */ _symbol, /** @type {string} */ name) => INLINE.has(name);

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.renderer.defineTheme('qnetwork', Theme);
  app.renderer.defineRouter('qnetwork', Router);
  // before it is read as Markdown
  app.renderer.on(MarkdownEvent.PARSE, colour, 100);
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = relinked(page, app.renderer.router)
      // pages opened from a folder may use no picture of another file; that of the icons is in every page as well
      .replaceAll(/href="[^"]*assets\/icons\.svg#/g, 'href="#')
      // typedoc gives it no name
      .replace('<ul role="listbox"', '<ul role="listbox" aria-label="Results"');
  });
  app.converter.on(Converter.EVENT_BEGIN, (context) => addPages(app, context.project));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    nameModules(context.project);
    tidyEnums(context);
    tidyClasses(context);
    categorize(context);
  });
}

/** Pages that come from documents. */
const WRITTEN = [ReflectionKind.Project, ReflectionKind.Document];

/** Examples in comments are indented; in a fence they get their colours. @param {MarkdownEvent} event */
function colour(event) {
  if (event.page.isReflectionEvent() && event.page.model.kindOf(WRITTEN)) return;
  event.parsedText = event.parsedText.replaceAll(
    /(?<=^|\n\n)(?: {4}.*(?:\n|$))+(?:\n(?: {4}.*(?:\n|$))+)*/g,
    (block) => `\`\`\`ts\n${block.replaceAll(/^ {4}/gm, '').trimEnd()}\n\`\`\`\n`,
  );
}

/** The pages of documents and sources, by their files. @type {Map<string, import('typedoc').DocumentReflection>} */
const made = new Map();

/** @param {import('typedoc').Application} app @param {import('typedoc').ProjectReflection} project */
function addPages(app, project) {
  const { pages, sources } = sitePages();
  /** @param {import('./documents.mjs').Page} page @param {import('typedoc').ProjectReflection | import('typedoc').DocumentReflection} parent */
  const add = (page, parent) => {
    const file = normalizePath(resolve(ROOT, page.path));
    const front = `---\ntitle: ${JSON.stringify(page.name)}\ngroup: ${page.group ?? 'Sources'}\n---\n`;
    app.converter['addDocument'](parent, new MinimalSourceFile(front + page.text, file), page.name);
    const added = parent.isProject() ? parent.documents?.at(-1) : parent.children?.at(-1);
    if (added === undefined) throw new Error(`typedoc has made no page of ${page.path}.`);
    made.set(page.path, added);
    for (const child of page.pages) add(child, added);
  };
  for (const page of [...pages, ...sources]) add(page, project);
}

/** A page with the links around pictures led to pages, which typedoc does with all others. @param {PageEvent} page @param {import('typedoc').Router | undefined} router */
function relinked(page, router) {
  const { contents = '' } = page;
  if (router === undefined || !page.isReflectionEvent() || !page.model.kindOf(WRITTEN)) return contents;
  const { model } = page;
  const folder = posix.dirname(sourceOf(model));
  return contents.replaceAll(/(?<=<a href=")([^":#?]+)/g, (to) => {
    const target = made.get(posix.join(folder, to));
    return target ? router.baseRelativeUrl(model, router.getFullUrl(target)) : to;
  });
}

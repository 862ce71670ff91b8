import type { ActionSpec, GroupSpec } from './groups.ts';
import { suggest } from './suggest.ts';
import { type Given, tokenize } from './tokens.ts';
import { UsageError } from './usage-error.ts';

/** A command line about a subject that makes sense. */
export interface Job {
  readonly group: GroupSpec;
  readonly action: ActionSpec;
  readonly words: readonly string[];
  readonly given: Given;
}

/** Reads what stands behind the name of a group; null asks for its help. Throws a UsageError. */
export function parseJob(group: GroupSpec, argv: readonly string[]): Job | null {
  const { given, words } = tokenize(argv, group.options, `qnam help ${group.name}`);
  if (given.has('help')) return null;
  const [name, ...rest] = group.actions[0]!.name === '' ? ['', ...words] : words;
  if (name === undefined) throw new UsageError(`${group.name} needs an action: ${namesOf(group)}`, `qnam help ${group.name}`);
  const action = group.actions.find((each) => each.name === name);
  if (action === undefined) throw unknownAction(group, name);
  for (const option of group.options) {
    if (given.has(option.name) && option.of !== undefined && !option.of.includes(action.name))
      throw new UsageError(`--${option.name} goes with ${group.name} ${option.of.join(', ')}, not with ${action.name}`);
  }
  const called = `${group.name} ${action.name}`.trimEnd();
  const usage = `qnam ${called} ${action.usage}`.trimEnd();
  if (rest.length < action.least) throw new UsageError(`${called} needs more words`, usage);
  if (rest.length > action.most) {
    throw new UsageError(`${called} does not know what to do with '${rest[action.most]}'`, usage);
  }
  if (rest.includes('')) throw new UsageError(`${called}: an empty word`, usage);
  return { group, action, words: rest, given };
}

function unknownAction(group: GroupSpec, name: string): UsageError {
  const near = suggest(
    name.toLowerCase(),
    group.actions.map((action) => action.name),
  );
  return new UsageError(
    `unknown action '${name}' of ${group.name}`,
    near === undefined ? `the actions are ${namesOf(group)}` : `did you mean qnam ${group.name} ${near}?`,
  );
}

function namesOf({ actions }: GroupSpec): string {
  return actions.map(({ name }) => name).join(', ');
}

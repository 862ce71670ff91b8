import { parseArgs } from 'node:util';
import { suggest } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** What the parser has to know of an option. */
export interface OptionShape {
  readonly name: string;
  readonly short?: string;
  /** Name of the value in the help; absent for a switch. */
  readonly takes?: string;
}

/** Options with the values they were given, in order; a switch has ''. */
export type Given<Name extends string = string> = ReadonlyMap<Name, readonly string[]>;

/**
 * Takes options and words of a command line apart. Throws a UsageError for an option that is not in the table, or that lacks its value;
 * `help` says where all are listed.
 */
export function tokenize<Option extends OptionShape>(
  argv: readonly string[],
  table: readonly Option[],
  help: string,
): { given: Given<Option['name']>; words: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const { name, short, takes } of table) {
    const type = takes === undefined ? 'boolean' : 'string';
    options[name] = short === undefined ? { type } : { type, short };
  }
  // Not strict: our own messages say more than the parser's.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<Option['name'], string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = table.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, table, help);
    if (option.takes === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value, but got '${token.value}'`);
    } else if (token.value === undefined || (token.inlineValue === false && isOption(token.value, table))) {
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${option.takes}`);
    }
    given.set(option.name, [...(given.get(option.name) ?? []), token.value ?? '']);
  }
  return { given, words };
}

/** `--json` behind `-o` is a forgotten value, not a file of that name; `--output=--json` would say so. */
function isOption(text: string, table: readonly OptionShape[]): boolean {
  return text.startsWith('--') && table.some(({ name }) => name === text.slice(2).split('=', 1)[0]);
}

function unknownOption(rawName: string, table: readonly OptionShape[], help: string): UsageError {
  if (!rawName.startsWith('--')) return new UsageError(`unknown option ${rawName}`, `see ${help} for the options`);
  const near = suggest(
    rawName.slice(2),
    table.map(({ name }) => name),
  );
  return new UsageError(`unknown option ${rawName}`, near === undefined ? undefined : `did you mean --${near}?`);
}

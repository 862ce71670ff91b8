import { COMMANDS, type CommandSpec } from './commands.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { GROUPS, type GroupOption, type GroupSpec } from './groups.ts';
import { OPTIONS, type OptionSpec, SECTIONS } from './options.ts';
import type { OptionShape } from './tokens.ts';

const LABEL_WIDTH = 33;

/** The help for everything, or for one command, wrapped to `columns`. */
export function helpText(command: CommandSpec | GroupSpec | null, columns: number): string {
  const width = Math.max(72, Math.min(columns, 100));
  return linesFor(command, width).join('\n') + '\n';
}

function linesFor(command: CommandSpec | GroupSpec | null, width: number): string[] {
  if (command === null) return general(width);
  return 'actions' in command ? forGroup(command, width) : forCommand(command, width);
}

function general(width: number): string[] {
  const lines = [
    'qnam: fetch and send over HTTP, many URLs at once',
    '',
    'Usage',
    '  qnam COMMAND [OPTION…] URL…',
    '  qnam SUBJECT ACTION [OPTION…] …',
    '',
    'Commands',
  ];
  for (const command of COMMANDS) lines.push(...entry(command.name, command.text, 11, width));
  lines.push(...entry('help', 'Help for one command: qnam help post', 11, width));
  lines.push('', 'Subjects: what is remembered, what this machine says, and resources');
  for (const group of GROUPS) {
    const actions = group.actions.map(({ name }) => name).join(', ');
    const listed = actions === '' ? '' : ` Actions: ${actions}.`;
    lines.push(...entry(group.name, `${group.text}${listed} See qnam help ${group.name}.`, 11, width));
  }
  lines.push('', ...optionLines(OPTIONS, width));
  lines.push('Exit code', ...EXIT_CODES.flatMap(({ code, text }) => entry(String(code).padStart(3), text, 7, width)));
  lines.push(
    ...paragraph('With several URLs it is the code of the first one, in the order given, that failed.', '       ', width),
    '',
  );
  lines.push('Examples', ...COMMANDS.flatMap((command) => command.examples).map((example) => `  ${example}`));
  lines.push('  qnam get -v --json -o page.html http://example.org/');
  lines.push(
    '',
    ...paragraph('A TIME is 500ms, 5s, 2m or 1h; a bare number counts milliseconds. http:// may be left out.', '', width),
  );
  return lines;
}

function forCommand(command: CommandSpec, width: number): string[] {
  const fitting = OPTIONS.filter((option: OptionSpec) => fits(option, command));
  return [
    `Usage: qnam ${command.name} [OPTION…] URL…`,
    '',
    ...paragraph(command.text, '', width),
    '',
    'Examples',
    ...command.examples.map((example) => `  ${example}`),
    '',
    ...optionLines(fitting, width),
    'The exit codes are in qnam --help.',
  ];
}

function forGroup(group: GroupSpec, width: number): string[] {
  const only = group.actions[0]!.name === '';
  return [
    `Usage: qnam ${group.name} ${only ? '[OPTION…]' : 'ACTION [OPTION…] …'}${only ? ` ${group.actions[0]!.usage}` : ''}`,
    '',
    ...paragraph(`${group.text} ${group.more}`, '', width),
    '',
    only ? 'Words' : 'Actions',
    ...group.actions.flatMap(({ name, usage, text }) => entry(`${name} ${usage}`.trim(), text, 24, width)),
    '',
    'Options',
    ...group.options.flatMap((option) => entry(optionLabel(option), groupOptionText(option), LABEL_WIDTH, width)),
    '',
    'Examples',
    ...group.examples.map((example) => `  ${example}`),
    '',
    'The exit codes are in qnam --help.',
  ];
}

function groupOptionText({ of, text }: GroupOption): string {
  return of === undefined ? text : `${text} (${of.join(', ')})`;
}

function fits(option: OptionSpec, command: CommandSpec): boolean {
  if (option.name === 'method') return command.method === null;
  return option.bodyOnly !== true || command.sendsBody;
}

function optionLines(options: readonly OptionSpec[], width: number): string[] {
  const lines: string[] = [];
  for (const section of SECTIONS) {
    const inSection = options.filter((option) => option.section === section);
    if (inSection.length === 0) continue;
    lines.push(section);
    for (const option of inSection) lines.push(...entry(optionLabel(option), option.text, LABEL_WIDTH, width));
    lines.push('');
  }
  return lines;
}

function optionLabel(option: OptionShape): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return `${short}--${option.name}${option.takes === undefined ? '' : ` ${option.takes}`}`;
}

/** A label with its text beside it; the text goes below when the label is too long. */
function entry(label: string, text: string, labelWidth: number, width: number): string[] {
  const lines = paragraph(text, ' '.repeat(labelWidth), width);
  const head = `  ${label}`;
  return head.length < labelWidth - 1 ? [head.padEnd(labelWidth) + lines[0]!.trimStart(), ...lines.slice(1)] : [head, ...lines];
}

function paragraph(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line !== indent && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

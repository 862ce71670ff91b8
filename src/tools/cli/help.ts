import { COMMANDS, type CommandSpec } from './commands.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { OPTIONS, type OptionSpec, SECTIONS } from './options.ts';

const LABEL_WIDTH = 33;

/** The help for everything, or for one command, wrapped to `columns`. */
export function helpText(command: CommandSpec | null, columns: number): string {
  const width = Math.max(72, Math.min(columns, 100));
  return (command === null ? general(width) : forCommand(command, width)).join('\n') + '\n';
}

function general(width: number): string[] {
  const lines = [
    'qnam: fetch and send over HTTP, many URLs at once',
    '',
    'Usage',
    '  qnam COMMAND [OPTION…] URL…',
    '',
    'Commands',
  ];
  for (const command of COMMANDS) lines.push(...entry(command.name, command.text, 11, width));
  lines.push(...entry('help', 'Help for one command: qnam help post', 11, width));
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

function optionLabel(option: OptionSpec): string {
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

#!/usr/bin/env node
import { version } from '../har/version.ts';
// The command line tool: reads the command line, and only for real work loads the rest.
import { type Plan, parseCommandLine } from './args.ts';
import { EXIT_BROKEN_PIPE, EXIT_LOCAL_FILE, EXIT_OK, EXIT_USAGE } from './exit-codes.ts';
import type { Job } from './group-args.ts';
import { LocalFileError } from './local-file.ts';
import type { Interruption } from './run.ts';
import { printable } from './text.ts';
import { UsageError } from './usage-error.ts';

/** Exit codes of ended-by-signal, as shells count them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0) return showHelp(process.stderr, EXIT_USAGE);
  try {
    const parsed = parseCommandLine(argv);
    switch (parsed.kind) {
      case 'version':
        process.stdout.write(`qnam ${version()}\n`);
        return EXIT_OK;
      case 'help': {
        const { helpText } = await import('./help.ts');
        process.stdout.write(helpText(parsed.command, process.stdout.columns ?? 100));
        return EXIT_OK;
      }
      case 'inspect':
        return await inspectStore(parsed.job);
      case 'run':
        return await work(parsed.plan);
    }
  } catch (error) {
    return complain(error);
  }
}

async function showHelp(stream: NodeJS.WriteStream, exit: number): Promise<number> {
  const { helpText } = await import('./help.ts');
  stream.write(helpText(null, stream.columns ?? 100));
  return exit;
}

async function work(plan: Plan): Promise<number> {
  const interruption: Interruption = { exit: null, onInterrupt: null };
  const interrupt = (exit: number): void => {
    interruption.exit ??= exit;
    interruption.onInterrupt?.();
  };
  for (const [signal, exit] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      // Asked for the second time: go at once.
      if (interruption.exit === exit) process.exit(exit);
      interrupt(exit);
    });
  }
  process.stdout.on('error', () => interrupt(EXIT_BROKEN_PIPE));
  // Nobody reads what we say; the work goes on and the exit code tells.
  process.stderr.on('error', () => {});
  const [{ run }, { systemClock }, api] = await Promise.all([
    import('./run.ts'),
    import('../../base/clock.ts'),
    import('../../index.ts'),
  ]);
  const { stdin, stdout, stderr, env } = process;
  const exit = await run(
    api,
    plan,
    { stdin, stdout, stderr, env, clock: systemClock, userAgent: `qnam/${version()}` },
    interruption,
  );
  // Standard input that nobody reads to its end must not keep the process.
  if (plan.body !== null) stdin.destroy();
  return exit;
}

async function inspectStore(job: Job): Promise<number> {
  // The reader may go away; what is changed is changed all the same.
  let gone = false;
  process.stdout.on('error', () => {
    gone = true;
    process.exitCode = EXIT_BROKEN_PIPE;
  });
  const [{ inspect }, { systemClock }] = await Promise.all([import('./inspect/inspect.ts'), import('../../base/clock.ts')]);
  const { stdin, stdout, env } = process;
  const exit = await inspect(job, { stdin, stdout, env, clock: systemClock });
  return gone ? EXIT_BROKEN_PIPE : exit;
}

function complain(error: unknown): number {
  if (!(error instanceof UsageError || error instanceof LocalFileError)) throw error;
  const { message, hint } = error;
  process.stderr.write(`qnam: ${printable(message)}\n${hint === undefined ? '' : `      ${printable(hint)}\n`}`);
  return error instanceof UsageError ? EXIT_USAGE : EXIT_LOCAL_FILE;
}

process.exitCode = await main(process.argv.slice(2));

import { createRequire } from 'node:module';
import { errorText } from '../errors.ts';
import { withoutTextSecrets } from '../logging/text-secrets.ts';
import { MisuseError, type Command } from './input/command.ts';
import { contractsCommand } from './contracts.ts';
import { dockerfileCommand } from './dockerfile.ts';
import { inboxCommand } from './inbox.ts';
import { lagCommand } from './lag.ts';
import { migrateCommand } from './migrate.ts';
import { outboxCommand } from './outbox.ts';
import { deadLettersCommand, parkedCommand } from './parked.ts';
import { projectionsCommand } from './projections/projections.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { sagasCommand } from './sagas/sagas.ts';
import { print, printError } from '../logging/terminal.ts';

const commands: Record<string, Command> = {
  migrate: migrateCommand,
  contracts: contractsCommand,
  dockerfile: dockerfileCommand,
  outbox: outboxCommand,
  inbox: inboxCommand,
  parked: parkedCommand,
  'dead-letters': deadLettersCommand,
  sagas: sagasCommand,
  projections: projectionsCommand,
  replay: replayCommand,
  lag: lagCommand,
  run: runCommand,
};

/**
 * Runs the microservice-runtime command for the service at `root`; resolves to its exit code: 0, 1 (failed), or 2 (wrong
 * usage).
 */
export async function runCli([name = '--help', ...args]: string[], root: string): Promise<number> {
  if (name === '--help' || name === '-h') return show(help());
  if (name === '--version' || name === '-v') return show(version());
  const command = commands[name];
  if (!command) return complain(`${unknown(name)}; the commands are ${Object.keys(commands).join(', ')}`, 2);
  const own = command.passesArguments ? args.slice(0, 1) : args;
  if (own.includes('--help') || own.includes('-h')) return show(help(name));
  try {
    return (await command.run(args, root)) ?? 0;
  } catch (error) {
    const misuse = misuseOf(error);
    if (misuse !== undefined) return complain(`${misuse}; see microservice-runtime ${name} --help`, 2);
    return complain(errorText(error), 1);
  }
}

const unknown = (name: string): string =>
  name.startsWith('-') ? `unknown flag ${name}` : `unknown command "${name}"`;

function show(text: string): number {
  print(text);
  return 0;
}

function complain(message: string, code: number): number {
  printError(`microservice-runtime: ${withoutTextSecrets(message)}`);
  return code;
}

/** Returns the fault in the words and flags; undefined for any other error. */
function misuseOf(error: unknown): string | undefined {
  if (error instanceof MisuseError) return error.message;
  const unparsed =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return unparsed
    ? error.message.split('. ')[0]?.replace(/^Unknown option '(.*)'$/, 'unknown flag $1')
    : undefined;
}

function help(only?: string): string {
  const shown = Object.entries(commands).filter(([name]) => !only || name === only);
  const lines = shown.flatMap(([name, { summary, subcommands = {}, flags }]) => [
    `  ${name.padEnd(24)}${summary}`,
    ...Object.entries(subcommands).map(([word, text]) => `    ${word.padEnd(21)} ${text}`),
    ...(only || Object.keys(subcommands).length === 0 ? flagLines(flags) : []),
  ]);
  return [
    'microservice-runtime <command> [flags]; run it in the folder of a service',
    '',
    ...lines,
    ...(only ? [] : ['', 'microservice-runtime <command> --help shows the flags of the commands for events']),
  ].join('\n');
}

const flagLines = (flags: Record<string, string>): string[] =>
  Object.entries(flags).map(([flag, text]) => `    ${flag.padEnd(22)}${text}`);

function version(): string {
  const manifest: { version: string } = createRequire(import.meta.url)('microservice-runtime/package.json');
  return manifest.version;
}

import { catchSignals, signalCodes } from '../lifecycle/command-signals.ts';
import { startParts, stopParts, type Part } from '../lifecycle/part.ts';
import { print, printError } from '../logging/terminal.ts';
import { loadEnvironmentFile } from '../service/environment-file.ts';
import { importCommand, importService, ownCommands } from '../service/own-commands.ts';
import { MisuseError, type Command } from './input/command.ts';

/** The parts that only a running service needs: a command neither consumes events nor listens. */
interface RunService {
  parts: readonly Part[];
  bus?: Part;
  server?: Part;
  config?: { shutdownTimeout?: number };
}

/** A connection that a command leaves open must not keep the process running for longer, in ms. */
const LINGER = 5_000;

export const runCommand: Command = {
  summary: 'runs a command of src/commands with the database and the bus of the service',
  subcommands: { '': 'lists the commands', '<command> [arguments]': 'runs one; all arguments are passed on' },
  flags: {},
  passesArguments: true,
  async run([name, ...args], root) {
    const names = ownCommands(root);
    if (name === undefined) return print(listText(names));
    if (!names.includes(name)) throw new MisuseError(unknownText(name, names));
    return execute(name, args, root);
  },
};

const listText = (names: readonly string[]): string =>
  names.length === 0
    ? 'The service has no commands. To add one, write npm init microservice command <name>'
    : names.join('\n');

const unknownText = (name: string, names: readonly string[]): string =>
  `the service has no command ${JSON.stringify(name)}${names.length === 0 ? '' : `; it has ${names.join(', ')}`}`;

/** Resolves to the exit code. A command that ignores a signal is ended with the process after the shutdown timeout. */
async function execute(name: string, args: string[], root: string): Promise<number> {
  loadEnvironmentFile(root);
  const { createService, readConfig } = await importService<RunService>(root);
  const run = await importCommand<RunService>(root, name);
  const service = createService(readConfig(process.env));
  const { parts, bus, server, config } = service;
  const needed = parts.filter((part) => part !== bus && part !== server);
  const signals = catchSignals(config?.shutdownTimeout ?? 10_000);
  await startParts(needed);
  try {
    await run(service, { args, signal: signals.aborted });
  } catch (error) {
    if (signals.received() === undefined) throw error;
  } finally {
    await stopParts(needed);
    signals.forget();
  }
  const received = signals.received();
  if (received) printError(`microservice-runtime: ${name} was stopped by ${received}`);
  setTimeout(() => process.exit(), LINGER).unref();
  return received ? signalCodes[received] : 0;
}

import { inspect } from 'node:util';
import { callOf } from './call.ts';
import { chooseGenerator } from './choose.ts';
import { commonFlags, parseCommandLine, type CommandLine } from './flags.ts';
import { helpText } from './help.ts';
import { swallowedFlags, swallowedMessage } from './npm-flags.ts';
import { entries, flagsOf, type GeneratorEntry } from './registry.ts';
import { print, printError } from '../core/terminal.ts';
import { UsageError } from '../core/usage-error.ts';
import { command, packageVersion } from '../core/version.ts';

/**
 * Runs the command and sets the exit code. On a failure, it prints one line to standard error. Resolves to whether a generator has
 * run to its end.
 */
export async function main(args: string[]): Promise<boolean> {
  const stopWatching = failWhenInputEnds();
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  try {
    return await run(args);
  } catch (error) {
    complain(error);
    return false;
  } finally {
    stopWatching();
  }
}

async function run(args: string[]): Promise<boolean> {
  const flags = [...commonFlags, ...entries.flatMap(flagsOf)];
  const line = parseCommandLine(args, flags);
  const said = new Set(line.given.map(({ flag }) => flag));
  if (said.has('help') || line.words.join() === 'help') return shown(helpText(line.words[0]));
  if (line.given.some(({ flag, value }) => flag === 'version' && value === true)) {
    refuseWithoutNumber(line.words);
    return shown(packageVersion());
  }
  reportSwallowed(line.words, said);
  const { generator, rest } = chooseGenerator(line.words);
  refuseForeign(line, generator);
  const { runGenerator } = await import('./run-generator.ts');
  await runGenerator(line.words.length > 0 ? generator : undefined, callOf(line, generator, rest));
  return true;
}

function shown(text: string): false {
  print(text);
  return false;
}

/** With a command that has versions of its own, the flag is not the question for the version of the generator. */
function refuseWithoutNumber([word]: string[]): void {
  const command = entries.find(({ name }) => name === word);
  const own =
    command && flagsOf(command).find(({ name, value }) => name === 'version' && value !== undefined);
  if (own) throw new UsageError(`--version of ${command.name} needs a number; write --version 2`);
}

function reportSwallowed(words: string[], said: Set<string>): void {
  const flags = [...commonFlags, ...entries.flatMap(flagsOf)];
  const { certain, perhaps } = swallowedFlags(process.env, flags, said);
  if (certain.length > 0) throw new UsageError(swallowedMessage([...certain, ...perhaps], words));
  if (perhaps.length > 0) printError(`${command}: note: ${swallowedMessage(perhaps, words)}`);
}

function refuseForeign({ given }: CommandLine, generator: GeneratorEntry): void {
  const known = new Set([...commonFlags, ...flagsOf(generator)].map(({ name }) => name));
  const foreign = given.find(({ flag }) => !known.has(flag));
  if (!foreign) return;
  const owner = entries.find((each) => flagsOf(each).some(({ name }) => name === foreign.flag));
  const typed = foreign.as ?? (foreign.value === false ? `--no-${foreign.flag}` : `--${foreign.flag}`);
  const kind = owner?.examples ? 'command' : 'generator';
  throw new UsageError(`${typed} is a flag of the ${kind} ${owner?.name}, not of ${generator.name}`);
}

function complain(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof UsageError) printError(`${command}: ${error.message}`);
  else if (error instanceof Error && error.name === 'ExitPromptError')
    printError(`${command}: stopped; nothing was written`);
  else printError(`${command}: this is a bug; please report it. ${inspect(error)}`);
}

/** Makes the command fail if its input ends. Node would otherwise exit with 0 in the middle of the questions. */
function failWhenInputEnds(): () => void {
  process.once('exit', sayInputEnded);
  return () => process.off('exit', sayInputEnded);
}

function sayInputEnded(): void {
  if (process.exitCode !== undefined) return;
  process.exitCode = 1;
  printError(`${command}: the input ended before every question was answered; nothing was written`);
}

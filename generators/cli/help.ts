import { commonFlags } from './flags.ts';
import { fieldExample, fieldGrammar, fieldHelp } from '../service/fields/grammar.ts';
import { spelledCall } from '../service/commands/call/spelling.ts';
import { commandEntries, generators, type GeneratorEntry } from './registry.ts';
import type { Flag } from '../questions/question.ts';
import { command } from '../core/version.ts';

const width = 38;

/** The usage, and every flag of every generator and command with its default; for one name, only the part of its generator or command. */
export function helpText(word?: string): string {
  const only = [...commandEntries, ...generators].find(({ name }) => name === word);
  return (only ? linesOf(only) : allLines()).join('\n');
}

/** A flag of its own hides a common flag of the same name. */
function linesOf(entry: GeneratorEntry): string[] {
  const flags = [...entry.options, ...entry.questions.flatMap((question) => question.flags)];
  const own = commandEntries.includes(entry) ? commandLines(entry) : generatorLines(entry);
  const common = commonLinesWithout(flags.map(({ name }) => name));
  const takesFields = flags.some(({ name }) => name === 'fields');
  return [...own.slice(1), '', ...common, ...(takesFields ? ['', ...fieldLines] : [])];
}

const row = (left: string, right: string) =>
  left.length < width ? `  ${left.padEnd(width)}${right}` : `  ${left}\n  ${' '.repeat(width)}${right}`;

const fieldLines = [
  `Fields: --fields "${fieldExample}"`,
  row(fieldGrammar, 'one field; separate fields with spaces or commas'),
  ...fieldHelp.map(([part, help]) => row(part, help)),
];

const commonLinesWithout = (hidden: string[]): string[] => [
  'Flags of every generator and command:',
  ...commonFlags.filter(({ name }) => !hidden.includes(name)).map((flag) => row(spelled(flag), flag.help)),
];

const allLines = (): string[] => [
  `Usage: ${command} [generator or command] [words] [flags]`,
  '       npm init microservice [generator or command] [words] -- [flags]',
  '',
  'Generators:',
  ...generators.map(({ name, description }) => row(name, description)),
  '',
  'Commands, in the folder of a service, which keep your edits; each has its own --help:',
  ...commandEntries.map((entry) => row(usageOf(entry), entry.description)),
  ...generators.flatMap(generatorLines),
  ...commandEntries.flatMap(commandLines),
  '',
  ...commonLinesWithout([]),
  '',
  ...fieldLines,
  '',
  'Without a terminal the command asks nothing: a missing answer is an error, unless --yes is given.',
  'A later run in the same folder reuses the answers, and your edits stay. --resource, --fields and --consumes add to the',
  'service; the other flags change an answer.',
];

const usageOf = ({ name, words }: GeneratorEntry) => `${name} ${words}`.trim();

function generatorLines({ name, questions, options }: GeneratorEntry): string[] {
  const answers = questions.flatMap(({ flags, defaultHelp }) =>
    flags.flatMap((flag, index) => flagRows(flag, index === 0 ? ` (default: ${defaultHelp})` : '')),
  );
  return ['', `Flags of ${name}:`, ...answers, ...options.flatMap((flag) => flagRows(flag, ''))];
}

const commandLines = (entry: GeneratorEntry): string[] => [
  '',
  `Command ${usageOf(entry)}: ${entry.description}`,
  ...entry.options.flatMap((flag) => flagRows(flag, '')),
  ...(entry.examples ?? []).map(([call, effect]) => `  ${spelledCall(call)}\n      ${effect}`),
];

function flagRows(flag: Flag, suffix: string): string[] {
  const positive = flag.help === '' ? [] : [row(spelled(flag), flag.help + suffix)];
  return flag.no === undefined ? positive : [...positive, row(`--no-${flag.name}`, flag.no)];
}

function spelled({ name, value }: Flag): string {
  return `--${name}${value === undefined ? '' : ` ${value}`}`;
}

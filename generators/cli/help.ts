import { commonFlags } from './flags.ts';
import { fieldExample, fieldGrammar, fieldHelp } from '../service/model/field-grammar.ts';
import type { GeneratorEntry } from './registry.ts';
import type { Flag } from '../questions/question.ts';
import { command } from '../core/version.ts';

const width = 38;

/** The usage, and every flag of every generator with its default. */
export function helpText(generators: readonly GeneratorEntry[]): string {
  return [
    `Usage: ${command} [generator] [name] [flags]`,
    '       npm init microservice [generator] [name] -- [flags]',
    '',
    'Generators:',
    ...generators.map(({ name, description }) => row(name, description)),
    ...generators.flatMap(generatorLines),
    '',
    'Flags of every generator:',
    ...commonFlags.map((flag) => row(spelled(flag), flag.help)),
    '',
    `Fields: --fields "${fieldExample}"`,
    row(fieldGrammar, 'one field; separate fields with spaces or commas'),
    ...fieldHelp.map(([word, help]) => row(word, help)),
    '',
    'Without a terminal the command asks nothing: a missing answer is an error, unless --yes is given.',
    'A later run in the same folder reuses the answers, and your edits stay. --resource, --fields and --consumes add to the',
    'service; the other flags change an answer. To remove a resource or an event, delete its line in .yo-rc.json, and run again.',
  ].join('\n');
}

const row = (left: string, right: string) =>
  left.length < width ? `  ${left.padEnd(width)}${right}` : `  ${left}\n  ${' '.repeat(width)}${right}`;

function generatorLines({ name, questions, options }: GeneratorEntry): string[] {
  const answers = questions.flatMap(({ flags, defaultHelp }) =>
    flags.flatMap((flag, index) => flagRows(flag, index === 0 ? ` (default: ${defaultHelp})` : '')),
  );
  return ['', `Flags of ${name}:`, ...answers, ...options.flatMap((flag) => flagRows(flag, ''))];
}

function flagRows(flag: Flag, suffix: string): string[] {
  const positive = flag.help === '' ? [] : [row(spelled(flag), flag.help + suffix)];
  return flag.no === undefined ? positive : [...positive, row(`--no-${flag.name}`, flag.no)];
}

const spelled = ({ name, value }: Flag) => `--${name}${value === undefined ? '' : ` ${value}`}`;

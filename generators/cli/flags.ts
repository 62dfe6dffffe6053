import type { Flag, GivenFlag } from '../questions/question.ts';
import { runFlags } from '../yeoman/options.ts';
import { didYouMean } from '../core/suggest.ts';
import { UsageError } from '../core/usage-error.ts';

/** Flags of every generator. */
export const commonFlags: Flag[] = [
  ...runFlags,
  { name: 'help', help: 'show this help' },
  { name: 'version', help: 'show the version' },
];

const letters: Record<string, string> = { y: 'yes', f: 'force', h: 'help', v: 'version' };

export interface CommandLine {
  words: string[];
  given: GivenFlag[];
}

/**
 * Separates the flags of a command line from its words. A flag is `--flag value`, `--flag=value`, `--switch` or `--no-switch`.
 * `--` is ignored: it belongs to npm, which removes it. Throws a UsageError for an unknown flag, and for a flag without its value.
 */
export function parseCommandLine(args: readonly string[], flags: readonly Flag[]): CommandLine {
  const words: string[] = [];
  const given: GivenFlag[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') continue;
    if (/^-./.test(arg)) given.push(readFlag(arg, rest, flags));
    else words.push(arg);
  }
  return { words, given };
}

function readFlag(arg: string, rest: string[], flags: readonly Flag[]): GivenFlag {
  const [, dashes = '', label = '', value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  const name = dashes === '-' ? (letters[label] ?? label) : label;
  const named = flags.filter((each) => each.name === name && !onlyNegative(each));
  const isNumber = /^\d+$/.test(value ?? rest[0] ?? '');
  // `--version` alone shows that of the generator, and `--version 2` is the version of an event
  const flag = named.find((each) => isNumber && each.value !== undefined) ?? named[0];
  if (!flag) return { flag: negated(name, arg, value, flags), value: false };
  if (!flag.value) return switched(flag, truth(name, value));
  return { flag: name, value: value ?? nextValue(flag, rest) };
}

/** Reports whether a flag has only its negative form: `--no-resources` exists, and `--resources` does not. */
const onlyNegative = ({ help }: Flag) => help === '';

function nextValue({ name, value }: Flag, rest: string[]): string {
  const [next] = rest;
  if (next === undefined || /^--[a-z]/.test(next))
    throw new UsageError(`--${name} needs a value: --${name} ${value}`);
  rest.shift();
  return next;
}

const switched = ({ name, means }: Flag, value: boolean): GivenFlag =>
  means && value ? { ...means, as: `--${name}` } : { flag: name, value };

function truth(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true') return true;
  if (value === 'false') return false;
  throw new UsageError(`--${name} is a switch and takes no value, not "${value}"`);
}

function negated(name: string, arg: string, value: string | undefined, flags: readonly Flag[]): string {
  const flag = flags.find((each) => each.no !== undefined && `no-${each.name}` === name);
  if (flag && value === undefined) return flag.name;
  if (flag) throw new UsageError(`--${name} takes no value, not "${value}"`);
  throw new UsageError(
    `unknown flag ${arg}.${didYouMean(name, spellings(flags), (word) => `--${word}`)} See --help`,
  );
}

/** Returns every spelling of these flags, without the dashes. */
export const spellings = (flags: readonly Flag[]): string[] =>
  flags.flatMap((flag) => [
    ...(onlyNegative(flag) ? [] : [flag.name]),
    ...(flag.no === undefined ? [] : [`no-${flag.name}`]),
  ]);

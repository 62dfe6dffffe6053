import { didYouMean } from '../core/suggest.ts';
import { UsageError } from '../core/usage-error.ts';
import { fieldExample } from '../service/fields/grammar.ts';
import { laterCommands } from '../service/commands/commands.ts';
import { commandEntries, entries, generators, type GeneratorEntry } from './registry.ts';

/**
 * Returns the generator or command that the words of the command select, and the words after it. Throws a UsageError if they select
 * none.
 */
export function chooseGenerator(words: readonly string[]): {
  generator: GeneratorEntry;
  rest: readonly string[];
} {
  const [first, second] = words;
  const named = entries.find((each) => each.name === first);
  if (!named && laterCommands.includes(first ?? '')) throw new UsageError(later(String(first)));
  const rest = named ? words.slice(1) : words;
  const generator = named ?? generators[0];
  if (!named && second !== undefined) throw new UsageError(unknownGenerator(String(first), second));
  const extra = rest[generator.mostWords];
  if (extra !== undefined) throw new UsageError(unexpected(extra, generator));
  return { generator, rest };
}

const later = (word: string) =>
  `"${word}" is a command of a later version. For a service with this name, write npm init microservice service ${word}`;

const unquoted = (word: string) =>
  `unexpected argument "${word}"; quote all fields together: --fields "${fieldExample}"`;

function unexpected(word: string, { name, words, examples }: GeneratorEntry): string {
  if (!examples) return `unexpected argument "${word}"; give a generator, one name, then flags`;
  if (word.includes(':')) return unquoted(word);
  return `unexpected argument "${word}"; write ${[name, words].join(' ').trim()}, then flags`;
}

function unknownGenerator(word: string, second: string): string {
  if (second.includes(':')) return unquoted(second);
  const [names, others] = [generators, commandEntries].map((all) => all.map(({ name }) => name));
  const hint = didYouMean(
    word,
    entries.map(({ name }) => name),
  );
  return `unknown generator "${word}".${hint} Generators: ${names?.join(', ')}; commands in a service: ${others?.join(', ')}; a name is one word`;
}

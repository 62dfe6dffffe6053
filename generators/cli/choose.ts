import { didYouMean } from '../core/suggest.ts';
import { UsageError } from '../core/usage-error.ts';
import { fieldExample } from '../service/model/field-grammar.ts';
import { generators, type GeneratorEntry } from './registry.ts';

/** Returns the generator and the name that the words of the command mean. Throws a UsageError if they mean none. */
export function chooseGenerator(words: readonly string[]): {
  generator: GeneratorEntry;
  name: string | undefined;
} {
  const [first, second] = words;
  const named = generators.find((each) => each.name === first);
  const rest = named ? words.slice(1) : words;
  const generator = named ?? generators[0];
  if (!named && second !== undefined) throw new UsageError(unknownGenerator(String(first), second));
  if (rest.length > 1)
    throw new UsageError(`unexpected argument "${rest[1]}"; give a generator, one name, then flags`);
  return { generator, name: rest[0] };
}

function unknownGenerator(word: string, second: string): string {
  if (second.includes(':'))
    return `unexpected argument "${second}"; quote all fields together: --fields "${fieldExample}"`;
  const names = generators.map(({ name }) => name);
  return `unknown generator "${word}".${didYouMean(word, names)} Generators: ${names.join(', ')}; a name is one word`;
}

import { didYouMean } from '../../core/suggest.ts';
import { seen } from '../../outside/seen.ts';
import { UsageError } from '../../core/usage-error.ts';
import type { Field } from '../model/answers.ts';
import { writtenType } from '../model/field-form.ts';
import { fieldNameFault, fieldsFault } from '../model/name-rules.ts';
import { formatDefault, readDefault } from './default-value.ts';
import { indexFault } from './index-rules.ts';
import { readWord, splitOutside, type Word } from './scan.ts';
import { readType, typeForms } from './type-arguments.ts';

/** `public` declares that a field is not a secret, although its name looks like one. */
const switches = ['unique', 'optional', 'index', 'secret', 'public'] as const;

const modifiers = [...switches, 'default'] as const;
type Modifier = (typeof modifiers)[number];

export const fieldGrammar = 'name:type[(arguments)][:modifier...]';

/** The modifiers of a field, for a sentence. */
export const modifierNames = [...switches, 'default(value)'].join(', ');

export const fieldExample = 'email:string:unique age:integer:optional';

const modifierHelp: Record<Modifier, string> = {
  unique: 'a second row with the same value is refused with a 409',
  optional: 'the field can be omitted or null',
  index: 'the list can be filtered and sorted by the field; so it can by a unique field and a reference',
  secret: 'no response, event or log line contains the field',
  public: 'not a secret, although its name looks like one',
  default: 'the value of a row that is created without the field: default(0), default("on hold")',
};

/** The parts of a field, each with its explanation, for the help. */
export const fieldHelp: readonly (readonly [part: string, help: string])[] = [
  ['name', 'in camelCase: firstName; customer:reference(customer) is the field customerId'],
  ['type', typeForms.join(', ')],
  ...modifiers.map((each) => [`:${each}`, modifierHelp[each]] as const),
];

/**
 * Parses fields like `email:string:unique state:enum(open|closed)`, separated by spaces or commas. Throws a UsageError that
 * names the first invalid one.
 */
export function parseFields(text: string): Field[] {
  const fields = splitOutside(text, /^[\s,]$/)
    .filter((part) => part !== '')
    .map(parseField);
  const fault = fieldsFault(fields);
  if (fault) throw new UsageError(fault);
  return fields;
}

/** Returns the reason why `parseFields` refuses a text. */
export function grammarFault(text: string): string | undefined {
  try {
    parseFields(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Formats fields so that `parseFields` can read them. */
export const formatFields = (fields: Field[]): string => fields.map(formatField).join(' ');

function formatField(field: Field): string {
  const said = { ...field, public: field.secret === false };
  const value = field.default === undefined ? [] : [`default(${formatDefault(field)})`];
  return [field.name, writtenType(field), ...switches.filter((each) => said[each]), ...value].join(':');
}

function parseField(text: string): Field {
  const [given = '', type, ...words] = splitOutside(text, /^:$/);
  const name = type?.startsWith('reference') && !given.endsWith('Id') ? `${given}Id` : given;
  const fault = fieldNameFault(name);
  if (fault) throw new UsageError(fault);
  if (!type)
    throw new UsageError(`the field "${name}" has no type; write ${fieldGrammar}, such as ${name}:string`);
  const said = modifiersOf(words, name);
  const unique = said.has('unique');
  const field: Field = {
    name,
    ...readType(type, name),
    unique,
    optional: said.has('optional'),
    index: said.has('index') && !unique,
    ...secrecy(said, name),
  };
  const refusal = indexFault(field);
  if (refusal) throw new UsageError(refusal);
  const value = said.get('default');
  return value ? { ...field, default: readDefault(value.inside, field) } : field;
}

function secrecy(said: ReadonlyMap<Modifier, Word>, name: string): Pick<Field, 'secret'> {
  const [isSecret, isPublic] = [said.has('secret'), said.has('public')];
  if (isSecret && isPublic) throw new UsageError(`the field "${name}" is both secret and public; choose one`);
  return isSecret || isPublic ? { secret: isSecret } : {};
}

function modifiersOf(words: string[], name: string): Map<Modifier, Word> {
  const said = new Map<Modifier, Word>();
  for (const word of words.map(readWord)) {
    const modifier = modifiers.find((each) => each === word.word);
    if (!modifier) throw new UsageError(unknownModifier(word, name));
    if (modifier !== 'default' && word.inside !== undefined)
      throw new UsageError(`the modifier "${modifier}" of the field "${name}" has no arguments`);
    if (modifier === 'default' && said.has(modifier))
      throw new UsageError(`the field "${name}" has two defaults; choose one`);
    said.set(modifier, word);
  }
  return said;
}

function unknownModifier({ word }: Word, name: string): string {
  const hint = didYouMean(word, modifiers);
  return `the field "${name}" has the unknown modifier ${seen(word)}.${hint} Modifiers: ${modifierNames}`;
}

import { didYouMean } from '../../core/suggest.ts';
import { seen } from '../../outside/seen.ts';
import { UsageError } from '../../core/usage-error.ts';
import { fieldTypes, type Field, type FieldType } from './answers.ts';
import { fieldNameFault, fieldsFault } from './name-rules.ts';

/** `public` declares that a field is not a secret, although its name looks like one. */
const modifiers = ['unique', 'optional', 'index', 'secret', 'public'] as const;
type Modifier = (typeof modifiers)[number];

/** Their values may exceed the 2,704 bytes of a PostgreSQL index row. */
const unbounded: FieldType[] = ['text', 'json'];

export const fieldGrammar = 'name:type[:modifier...]';

/** The modifiers of a field, for a sentence. */
export const modifierNames = modifiers.join(', ');

export const fieldExample = 'email:string:unique age:integer:optional';

const modifierHelp: Record<Modifier, string> = {
  unique: 'a second row with the same value is refused with a 409',
  optional: 'the field can be omitted or null',
  index: 'the column has an index',
  secret: 'no response, event or log line contains the field',
  public: 'not a secret, although its name looks like one',
};

/** The parts of a field, each with its explanation, for the help. */
export const fieldHelp: readonly (readonly [part: string, help: string])[] = [
  ['name', 'in camelCase: firstName'],
  ['type', fieldTypes.join(', ')],
  ...modifiers.map((each) => [`:${each}`, modifierHelp[each]] as const),
];

/**
 * Parses fields like `email:string:unique age:integer:optional`, separated by spaces or commas. Throws a UsageError that
 * names the first invalid one.
 */
export function parseFields(text: string): Field[] {
  const fields = text
    .split(/[\s,]+/)
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
export function formatFields(fields: Field[]): string {
  return fields.map((field) => [field.name, field.type, ...modifiersOf(field)].join(':')).join(' ');
}

function modifiersOf(field: Field): Modifier[] {
  const said = { ...field, public: field.secret === false };
  return modifiers.filter((each) => said[each]);
}

function parseField(text: string): Field {
  const [name = '', type, ...given] = text.split(':');
  const fault = fieldNameFault(name);
  if (fault) throw new UsageError(fault);
  if (!type)
    throw new UsageError(`the field "${name}" has no type; write ${fieldGrammar}, such as ${name}:string`);
  const unique = modifier(given, 'unique', name);
  const field = {
    name,
    type: fieldType(type, name),
    unique,
    optional: modifier(given, 'optional', name),
    index: modifier(given, 'index', name) && !unique,
    ...secrecy(given, name),
  };
  refuseUseless(field);
  return field;
}

function secrecy(given: string[], name: string): Pick<Field, 'secret'> {
  const [isSecret, isPublic] = [modifier(given, 'secret', name), modifier(given, 'public', name)];
  if (isSecret && isPublic) throw new UsageError(`the field "${name}" is both secret and public; choose one`);
  return isSecret || isPublic ? { secret: isSecret } : {};
}

function fieldType(text: string, name: string): FieldType {
  const type = fieldTypes.find((each) => each === text);
  if (type) return type;
  const hint = didYouMean(text, fieldTypes);
  throw new UsageError(
    `the field "${name}" has the unknown type ${seen(text)}.${hint} Types: ${fieldTypes.join(', ')}`,
  );
}

function modifier(given: string[], wanted: Modifier, name: string): boolean {
  const unknown = given.find((each) => !modifiers.some((known) => known === each));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, modifiers);
    throw new UsageError(
      `the field "${name}" has the unknown modifier ${seen(unknown)}.${hint} Modifiers: ${modifierNames}`,
    );
  }
  return given.includes(wanted);
}

function refuseUseless({ name, type, unique, index }: Field): void {
  if ((unique || index) && unbounded.includes(type)) {
    throw new UsageError(
      `the field "${name}" cannot be unique or indexed, since values of type ${type} can be too large for an index; use string`,
    );
  }
  if (unique && type === 'boolean') {
    throw new UsageError(`the field "${name}" cannot be unique, since a boolean allows only two rows`);
  }
}

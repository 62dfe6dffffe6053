import { didYouMean } from '../../core/suggest.ts';
import { UsageError } from '../../core/usage-error.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import { fieldTypes, type Field, type FieldType } from '../model/answers.ts';
import { readWord } from './scan.ts';

/** The types with the form of their arguments, for help and questions. */
export const typeForms: readonly string[] = fieldTypes.flatMap((type) => {
  if (type === 'string') return ['string', 'string(n)'];
  if (type === 'decimal') return ['decimal', 'decimal(p,s)'];
  if (type === 'enum') return ['enum(a|b)'];
  return type === 'reference' ? ['reference(resource)'] : [type];
});

/** The bounds of PostgreSQL 18: https://www.postgresql.org/docs/18/datatype.html */
const LONGEST_STRING = 10_485_760;
const MOST_DIGITS = 1_000;
const LONGEST_VALUE = 63;

type Arguments = Pick<Field, 'length' | 'digits' | 'values' | 'target'>;

/** Returns the type of a field with its arguments. Throws a UsageError that names the field. */
export function readType(text: string, field: string): Pick<Field, 'type'> & Arguments {
  const { word, inside } = readWord(text);
  const type = fieldTypes.find((each) => each === word);
  if (!type) {
    const hint = didYouMean(word, fieldTypes);
    throw new UsageError(
      `the field "${field}" has the unknown type ${seen(text)}.${hint} Types: ${typeForms.join(', ')}`,
    );
  }
  return { type, ...readArguments(type, inside, field) };
}

function readArguments(type: FieldType, inside: string | undefined, field: string): Arguments {
  if (type === 'enum') return { values: enumValues(inside ?? '', field) };
  if (type === 'reference') return { target: referenceTarget(inside ?? '', field) };
  if (inside === undefined) return {};
  if (type === 'string') return { length: stringLength(inside, field) };
  if (type === 'decimal') return { digits: decimalDigits(inside, field) };
  throw new UsageError(`the type ${type} of the field "${field}" has no arguments; write ${field}:${type}`);
}

function stringLength(inside: string, field: string): number {
  const length = wholeNumber(inside);
  if (length !== undefined && length >= 1 && length <= LONGEST_STRING) return length;
  throw new UsageError(
    `the field "${field}" has the type string(${inside}), but the length must be a whole number from 1 to ${LONGEST_STRING}; write ${field}:string(40)`,
  );
}

function decimalDigits(inside: string, field: string): Field['digits'] {
  const [precision, scale = 0, ...more] = inside.split(',').map((part) => wholeNumber(part.trim()) ?? NaN);
  const isInRange = precision !== undefined && precision >= 1 && precision <= MOST_DIGITS;
  if (isInRange && scale >= 0 && scale <= precision && more.length === 0) return { precision, scale };
  throw new UsageError(
    `the field "${field}" has the type decimal(${inside}), but it needs the number of digits, 1 to ${MOST_DIGITS}, and how many of them follow the point; write ${field}:decimal(10,2)`,
  );
}

const wholeNumber = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

function enumValues(inside: string, field: string): string[] {
  const values = inside.split('|').map((value) => value.trim());
  if (inside === '')
    throw new UsageError(`the enum of the field "${field}" has no values; write ${field}:enum(open|closed)`);
  const odd = values.find((value) => !/^[A-Za-z0-9][\w.-]*$/.test(value) || value.length > LONGEST_VALUE);
  if (odd !== undefined)
    throw new UsageError(
      `the value ${seen(odd)} of the enum "${field}" is not a word of at most ${LONGEST_VALUE} letters, digits, "_", "-" and "."; separate values with "|", such as enum(open|on-hold)`,
    );
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw new UsageError(`the enum "${field}" has the value "${twice}" twice`);
  return values;
}

function referenceTarget(inside: string, field: string): string {
  if (inside === '')
    throw new UsageError(
      `the reference "${field}" does not name a resource; write ${field}:reference(customer)`,
    );
  const fault = kebabFault(inside, 'the resource');
  if (fault) throw new UsageError(`the reference "${field}" does not name a resource: ${fault}`);
  return inside;
}

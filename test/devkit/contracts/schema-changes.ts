/** The worst verdict on a change as an event, a response, a request, and between a consumer and its producer. */
export type Expected = readonly ['error' | 'warning' | 'ok', ...('error' | 'warning' | 'ok')[]];

export interface SchemaChange {
  title: string;
  base: unknown;
  head: unknown;
  /** event, response, request, consumer */
  verdicts: readonly Word[];
  /** The rule of a specification, and its consequence. */
  reason: string;
}

type Word = 'error' | 'warning' | 'ok';

const narrows: Word[] = ['error', 'ok', 'error', 'ok'];
const widens: Word[] = ['error', 'error', 'ok', 'error'];
const both: Word[] = ['error', 'error', 'error', 'error'];
const none: Word[] = ['ok', 'ok', 'ok', 'ok'];
const loses: Word[] = ['warning', 'warning', 'warning', 'warning'];
const newValue: Word[] = ['warning', 'warning', 'ok', 'error'];

const type = 'Validation 6.1.1: an instance is valid only if its type is one of "type"';
const enumeration = 'Validation 6.1.2: an instance is valid only if it equals an element of "enum"';
const constant = 'Validation 6.1.3: "const" is an "enum" with one element';
const openEnum = 'Protobuf, Enum Behavior: a reader should expect values that it does not know';
const number = 'Validation 6.2: a number must lie within its limits';
const divisor = 'Validation 6.2.1: the division by "multipleOf" must result in an integer';
const text = 'Validation 6.3: the length of a string in characters must lie within its limits';
const pattern =
  'Validation 6.3.3: a string must match "pattern"; whether one expression implies another is undecidable here';
const format = 'Validation 7.2: "format" is a restriction for validators that assert it';
const list = 'Validation 6.4: the number of elements must lie within its limits';
const unique = 'Validation 6.4.3: with "uniqueItems" all elements differ';
const item = 'Core 10.3.1.2: "items" applies to every element after those of "prefixItems"';
const prefix = 'Core 10.3.1.1: a schema of "prefixItems" applies to the element at its position';
const count = 'Validation 6.5: the number of properties must lie within its limits';
const required = 'Validation 6.5.3: an object must have every property that "required" names';
const property = 'Core 10.3.2.1: the schema of a property applies only to an instance that has the property';
const other = 'Core 10.3.2.3: "additionalProperties" applies to properties that have no other schema';
const branches = 'Core 10.2.1.2: an instance is valid if a schema of "anyOf" accepts it';
const oneBranch = 'Core 10.2.1.3: exactly one schema of "oneOf" must accept an instance';
const all = 'Core 10.2.1.1: every schema of "allOf" must accept an instance';
const negation = 'Core 10.2.1.4: an instance is valid if "not" does not accept it';
const reference =
  'Core 8.2.3.1: the result of "$ref" is that of its target, in addition to adjacent keywords';
const annotation = 'Validation 9: annotations do not affect validity';
const boolean = 'Core 4.3.2: true accepts every instance, false accepts none';
const conditional = 'Core 10.2.2: "else" applies if "if" does not accept an instance';

const object = (properties: object, keywords: object = {}) => ({ type: 'object', properties, ...keywords });
const field = (base: unknown, head: unknown) => ({
  base: object({ a: base }, { required: ['a'] }),
  head: object({ a: head }, { required: ['a'] }),
});
const string = { type: 'string' };
const integer = { type: 'integer' };

const at = (
  title: string,
  base: unknown,
  head: unknown,
  verdicts: readonly Word[],
  reason: string,
): SchemaChange => ({
  title,
  base,
  head,
  verdicts,
  reason,
});
const of = (
  title: string,
  base: unknown,
  head: unknown,
  verdicts: readonly Word[],
  reason: string,
): SchemaChange => ({
  title,
  ...field(base, head),
  verdicts,
  reason,
});

export const schemaChanges: readonly SchemaChange[] = [
  // types
  of('string to integer', string, integer, both, type),
  of('integer to number', integer, { type: 'number' }, widens, `${type}; Core 4.2.3: 1.5 is not an integer`),
  of('number to integer', { type: 'number' }, integer, narrows, `${type}; Core 4.2.3: 1.5 is not an integer`),
  of('integer to string', integer, string, both, type),
  of('string or null from string', string, { type: ['string', 'null'] }, widens, type),
  of('string from string or null', { type: ['string', 'null'] }, string, narrows, type),
  of(
    'nullable of OpenAPI 3.0',
    string,
    { type: 'string', nullable: true },
    widens,
    'OpenAPI 3.0.3: "nullable" adds null to the type',
  ),
  of(
    'no nullable of OpenAPI 3.0',
    { type: 'string', nullable: true },
    string,
    narrows,
    'OpenAPI 3.0.3: "nullable" adds null to the type',
  ),
  of('a second type', string, { type: ['string', 'integer'] }, widens, type),
  of('a type less', { type: ['string', 'integer'] }, string, narrows, type),
  of('another second type', { type: ['string', 'integer'] }, { type: ['string', 'boolean'] }, both, type),
  of('any type from string', string, {}, widens, type),
  of('string from any type', {}, string, narrows, type),
  of('an object from a string', string, object({}), both, type),
  of('an array from its element', string, { type: 'array', items: string }, both, type),
  of(
    'the same types in another order',
    { type: ['string', 'null'] },
    { type: ['null', 'string'] },
    none,
    type,
  ),
  of('one type in a list', string, { type: ['string'] }, none, type),
  of('boolean to enum of texts', { type: 'boolean' }, { enum: ['true', 'false'] }, both, type),

  // listed values
  of('a new value', { enum: ['a', 'b'] }, { enum: ['a', 'b', 'c'] }, newValue, `${enumeration}; ${openEnum}`),
  of('a removed value', { enum: ['a', 'b'] }, { enum: ['a'] }, narrows, enumeration),
  of(
    'a renamed value',
    { enum: ['a', 'b'] },
    { enum: ['a', 'c'] },
    ['error', 'warning', 'error', 'error'],
    `${enumeration}; ${openEnum}`,
  ),
  of('values in another order', { enum: ['a', 'b'] }, { enum: ['b', 'a'] }, none, enumeration),
  of('values for a free text', string, { type: 'string', enum: ['a'] }, narrows, enumeration),
  of('a free text for values', { type: 'string', enum: ['a'] }, string, widens, enumeration),
  of('another constant', { const: 'a' }, { const: 'b' }, ['error', 'warning', 'error', 'error'], constant),
  of('a constant for values', { enum: ['a', 'b'] }, { const: 'a' }, narrows, constant),
  of('values for a constant', { const: 'a' }, { enum: ['a', 'b'] }, newValue, constant),
  of(
    'null as a value of a nullable type',
    { type: ['string', 'null'], enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
    newValue,
    enumeration,
  ),
  of(
    'null as a type and a value',
    { type: 'string', enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
    widens,
    type,
  ),
  of(
    'objects as values with members in another order',
    { enum: [{ a: 1, b: 2 }] },
    { enum: [{ b: 2, a: 1 }] },
    none,
    'Core 4.2.2: objects with equal members are equal',
  ),

  // numbers
  of('a higher maximum', { type: 'integer', maximum: 5 }, { type: 'integer', maximum: 9 }, widens, number),
  of('a lower maximum', { type: 'integer', maximum: 9 }, { type: 'integer', maximum: 5 }, narrows, number),
  of('a new maximum', integer, { type: 'integer', maximum: 5 }, narrows, number),
  of('no maximum', { type: 'integer', maximum: 5 }, integer, widens, number),
  of('a higher minimum', { type: 'integer', minimum: 1 }, { type: 'integer', minimum: 2 }, narrows, number),
  of('a lower minimum', { type: 'integer', minimum: 2 }, { type: 'integer', minimum: 1 }, widens, number),
  of(
    'a lower exclusive minimum',
    { type: 'number', exclusiveMinimum: 1 },
    { type: 'number', exclusiveMinimum: 0 },
    widens,
    number,
  ),
  of(
    'a lower exclusive maximum',
    { type: 'number', exclusiveMaximum: 9 },
    { type: 'number', exclusiveMaximum: 8 },
    narrows,
    number,
  ),
  of(
    'a limit of numbers at a text',
    string,
    { type: 'string', maximum: 5 },
    none,
    `${number}; it ignores other types`,
  ),
  of('a new divisor', integer, { type: 'integer', multipleOf: 5 }, narrows, divisor),
  of('no divisor', { type: 'integer', multipleOf: 5 }, integer, widens, divisor),
  of(
    'a multiple of the divisor',
    { type: 'integer', multipleOf: 3 },
    { type: 'integer', multipleOf: 6 },
    narrows,
    divisor,
  ),
  of(
    'a part of the divisor',
    { type: 'integer', multipleOf: 6 },
    { type: 'integer', multipleOf: 3 },
    widens,
    divisor,
  ),
  of(
    'another divisor',
    { type: 'integer', multipleOf: 4 },
    { type: 'integer', multipleOf: 6 },
    both,
    divisor,
  ),

  // texts
  of('a longer text', { type: 'string', maxLength: 5 }, { type: 'string', maxLength: 9 }, widens, text),
  of('a shorter text', { type: 'string', maxLength: 9 }, { type: 'string', maxLength: 5 }, narrows, text),
  of('an empty text', { type: 'string', minLength: 1 }, string, widens, text),
  of('no empty text', string, { type: 'string', minLength: 1 }, narrows, text),
  of(
    'minLength 0',
    string,
    { type: 'string', minLength: 0 },
    none,
    'Validation 6.3.2: an absent "minLength" is 0',
  ),
  of('a new pattern', string, { type: 'string', pattern: '^a' }, narrows, pattern),
  of('no pattern', { type: 'string', pattern: '^a' }, string, widens, pattern),
  of('another pattern', { type: 'string', pattern: '^a' }, { type: 'string', pattern: '^b' }, both, pattern),
  of('a new format', string, { type: 'string', format: 'uuid' }, narrows, format),
  of('no format', { type: 'string', format: 'uuid' }, string, widens, format),
  of(
    'another format',
    { type: 'string', format: 'date' },
    { type: 'string', format: 'date-time' },
    both,
    format,
  ),

  // arrays
  of(
    'another type of element',
    { type: 'array', items: string },
    { type: 'array', items: integer },
    both,
    item,
  ),
  of(
    'a wider element',
    { type: 'array', items: integer },
    { type: 'array', items: { type: 'number' } },
    widens,
    item,
  ),
  of('elements of any type', { type: 'array', items: string }, { type: 'array' }, widens, item),
  of('elements of one type', { type: 'array' }, { type: 'array', items: string }, narrows, item),
  of('more elements', { type: 'array', maxItems: 2 }, { type: 'array', maxItems: 3 }, widens, list),
  of('fewer elements', { type: 'array', maxItems: 3 }, { type: 'array', maxItems: 2 }, narrows, list),
  of('at least one element', { type: 'array' }, { type: 'array', minItems: 1 }, narrows, list),
  of('unique elements', { type: 'array' }, { type: 'array', uniqueItems: true }, narrows, unique),
  of('elements that can repeat', { type: 'array', uniqueItems: true }, { type: 'array' }, widens, unique),
  of(
    'a new position',
    { type: 'array', prefixItems: [string] },
    { type: 'array', prefixItems: [string, integer] },
    narrows,
    prefix,
  ),
  of(
    'another type at a position',
    { type: 'array', prefixItems: [string] },
    { type: 'array', prefixItems: [integer] },
    both,
    prefix,
  ),
  of(
    'a required field of an element',
    { type: 'array', items: object({ b: string }) },
    { type: 'array', items: object({ b: string }, { required: ['b'] }) },
    narrows,
    required,
  ),
  of(
    'contains',
    { type: 'array', contains: string },
    { type: 'array', contains: integer },
    both,
    'Core 10.3.1.3: an element must be valid against "contains"',
  ),

  // objects
  at(
    'a new optional field',
    object({}),
    object({ a: string }),
    none,
    `${property}; a service writes no other fields`,
  ),
  at(
    'a new required field',
    object({}),
    object({ a: string }, { required: ['a'] }),
    narrows,
    `${required}; old events lack it`,
  ),
  at(
    'a removed optional field',
    object({ a: string }),
    object({}),
    loses,
    `${property}; a reader may have used it`,
  ),
  at(
    'a removed required field',
    object({ a: string }, { required: ['a'] }),
    object({}),
    ['error', 'error', 'warning', 'error'],
    required,
  ),
  at(
    'a renamed field',
    object({ a: string }, { required: ['a'] }),
    object({ b: string }, { required: ['b'] }),
    ['error', 'error', 'error', 'error'],
    required,
  ),
  at(
    'an optional field that becomes required',
    object({ a: string }),
    object({ a: string }, { required: ['a'] }),
    narrows,
    required,
  ),
  at(
    'a required field that becomes optional',
    object({ a: string }, { required: ['a'] }),
    object({ a: string }),
    widens,
    required,
  ),
  at('a required field without a schema', object({}), object({}, { required: ['a'] }), narrows, required),
  at(
    'a field that loses its schema',
    object({ a: string }, { required: ['a'] }),
    object({}, { required: ['a'] }),
    widens,
    property,
  ),
  at(
    'fields in another order',
    object({ a: string, b: string }),
    object({ b: string, a: string }),
    none,
    'Core 4.2.1: an object is unordered',
  ),
  at(
    'a new field of a closed object',
    object({}, { additionalProperties: false }),
    object({ a: string }, { additionalProperties: false }),
    ['error', 'ok', 'ok', 'error'],
    `${other}; oasdiff response-optional-property-added is not breaking`,
  ),
  at(
    'a removed field of a closed object',
    object({ a: string }, { additionalProperties: false }),
    object({}, { additionalProperties: false }),
    ['error', 'warning', 'error', 'warning'],
    other,
  ),
  at(
    'an object that closes',
    object({ a: string }),
    object({ a: string }, { additionalProperties: false }),
    narrows,
    other,
  ),
  at(
    'an object that opens',
    object({ a: string }, { additionalProperties: false }),
    object({ a: string }),
    none,
    `${other}; a reader ignores fields that it does not know`,
  ),
  at(
    'another value in a map',
    { type: 'object', additionalProperties: string },
    { type: 'object', additionalProperties: integer },
    both,
    other,
  ),
  at(
    'a wider value in a map',
    { type: 'object', additionalProperties: integer },
    { type: 'object', additionalProperties: { type: 'number' } },
    widens,
    other,
  ),
  at(
    'a field of a map with another type',
    { type: 'object', additionalProperties: string },
    object({ a: integer }, { additionalProperties: string }),
    both,
    other,
  ),
  at(
    'a field of a map that loses its name',
    object({ a: integer }, { additionalProperties: string }),
    { type: 'object', additionalProperties: string },
    both,
    other,
  ),
  at(
    'more fields',
    { type: 'object', maxProperties: 2 },
    { type: 'object', maxProperties: 3 },
    widens,
    count,
  ),
  at(
    'a required field, deep',
    object({ a: object({ b: object({ c: string }) }) }),
    object({ a: object({ b: object({ c: string }, { required: ['c'] }) }) }),
    narrows,
    required,
  ),
  at(
    'pattern properties',
    { type: 'object', patternProperties: { '^x': string } },
    { type: 'object', patternProperties: { '^x': integer } },
    both,
    'Core 10.3.2.2: a schema applies to the properties whose names match',
  ),
  at(
    'names of fields',
    { type: 'object' },
    { type: 'object', propertyNames: { pattern: '^a' } },
    narrows,
    'Core 10.3.2.4: every name must be valid against "propertyNames"',
  ),
  at(
    'dependent fields',
    { type: 'object', dependentRequired: { a: ['b'] } },
    { type: 'object' },
    widens,
    'Validation 6.5.4: a property can require others',
  ),

  // combinations
  of('a new alternative', { anyOf: [string] }, { anyOf: [string, integer] }, widens, branches),
  of('a removed alternative', { anyOf: [string, integer] }, { anyOf: [string] }, narrows, branches),
  of(
    'alternatives in another order',
    { anyOf: [string, integer] },
    { anyOf: [integer, string] },
    none,
    branches,
  ),
  of(
    'a changed alternative',
    { anyOf: [string, integer] },
    { anyOf: [string, { type: 'boolean' }] },
    both,
    branches,
  ),
  of('alternatives for any value', {}, { anyOf: [string, integer] }, narrows, branches),
  of('any value for alternatives', { anyOf: [string, integer] }, {}, widens, branches),
  of(
    'a new exclusive alternative',
    { oneOf: [integer] },
    { oneOf: [integer, { type: 'number', minimum: 3 }] },
    both,
    `${oneBranch}, so a new one can exclude data`,
  ),
  of('the only alternative, wider', { oneOf: [integer] }, { oneOf: [{ type: 'number' }] }, widens, oneBranch),
  of(
    'a part of allOf',
    { allOf: [{ type: 'string' }] },
    { allOf: [{ type: 'string' }, { minLength: 2 }] },
    narrows,
    all,
  ),
  of(
    'allOf instead of its parts',
    { type: 'string', minLength: 2 },
    { allOf: [{ type: 'string' }, { minLength: 2 }] },
    none,
    all,
  ),
  of(
    'parts of allOf that restrict one keyword twice',
    { allOf: [{ minLength: 1 }, { minLength: 2 }] },
    { allOf: [{ minLength: 1 }, { minLength: 3 }] },
    both,
    all,
  ),
  of('a new exclusion', string, { type: 'string', not: { enum: ['x'] } }, narrows, negation),
  of('no exclusion', { type: 'string', not: { enum: ['x'] } }, string, widens, negation),
  of('another exclusion', { not: { enum: ['x'] } }, { not: { enum: ['y'] } }, both, negation),
  of(
    'a condition',
    { type: 'string' },
    { type: 'string', if: { minLength: 2 }, else: { pattern: '^a' } },
    both,
    conditional,
  ),
  of('true for a schema', string, true, widens, boolean),
  of('false for a schema', string, false, narrows, boolean),

  // references
  at('the target of a reference', referring(string), referring(integer), both, reference),
  at('a reference for its target', object({ a: string }), referring(string), none, reference),
  at(
    'a keyword beside a reference',
    referring(string),
    { ...referring(string), properties: { a: { $ref: '#/$defs/a', minLength: 2 } } },
    narrows,
    reference,
  ),
  at(
    'the target of a reference in a negation',
    negating(string),
    negating(integer),
    both,
    `${reference}; ${negation}`,
  ),
  at('a recursive schema', recursive(string), recursive({ type: ['string', 'null'] }), widens, reference),

  // annotations
  of(
    'another title, description and example',
    { type: 'string', title: 'A', description: 'a', examples: ['a'] },
    { type: 'string', title: 'B', description: 'b', examples: ['b'] },
    none,
    annotation,
  ),
  of('deprecated', string, { type: 'string', deprecated: true }, none, annotation),
  of('a default', string, { type: 'string', default: 'x' }, none, annotation),
  of(
    'an extension',
    string,
    { type: 'string', 'x-secret': true },
    none,
    'OpenAPI 3.1: fields that begin with x- are extensions',
  ),
  of(
    'an unknown keyword',
    string,
    { type: 'string', language: 'en' },
    both,
    'Core 6.5: a validator may know more keywords',
  ),
];

function referring(target: object) {
  return { ...object({ a: { $ref: '#/$defs/a' } }), $defs: { a: target } };
}

function negating(target: object) {
  return { not: { $ref: '#/$defs/a' }, $defs: { a: target } };
}

function recursive(value: object) {
  return { $ref: '#/$defs/node', $defs: { node: object({ value, next: { $ref: '#/$defs/node' } }) } };
}

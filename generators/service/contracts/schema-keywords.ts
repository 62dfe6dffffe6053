import { isObject } from './contract-references.ts';

/** The keywords of JSON Schema that determine a column, each with its required type, or undefined. */
export interface Keywords {
  types: string[];
  format: string | undefined;
  pattern: string | undefined;
  maxLength: number | undefined;
  minimum: number | undefined;
  maximum: number | undefined;
  properties: Record<string, unknown>;
  required: unknown[];
  anyOf: unknown[] | undefined;
  oneOf: unknown[] | undefined;
  not: unknown;
  /** Whether `const` or `enum` limits the values. */
  isLimited: boolean;
}

/** Reads any JSON value as a schema; a keyword of the wrong type counts as missing. */
export function keywordsOf(schema: unknown): Keywords {
  const own = isObject(schema) ? schema : {};
  const { type } = own;
  return {
    types: (Array.isArray(type) ? type : [type]).filter((each) => typeof each === 'string'),
    format: textIn(own['format']),
    pattern: textIn(own['pattern']),
    maxLength: numberIn(own['maxLength']),
    minimum: numberIn(own['minimum']),
    maximum: numberIn(own['maximum']),
    properties: isObject(own['properties']) ? own['properties'] : {},
    required: listIn(own['required']) ?? [],
    anyOf: listIn(own['anyOf']),
    oneOf: listIn(own['oneOf']),
    not: own['not'],
    isLimited: 'const' in own || 'enum' in own,
  };
}

const textIn = (value: unknown) => (typeof value === 'string' ? value : undefined);
const numberIn = (value: unknown) => (typeof value === 'number' ? value : undefined);
const listIn = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined);

import { isObject, type JsonObject, listAt, objectAt } from './json.ts';
import { type SchemaChange, propertyPath } from './change.ts';
import type { Nested, Pair } from './schema.ts';

/** The differences at a place, and the places in it that remain to be compared. */
export interface ComparedParts {
  changes: SchemaChange[];
  nested: Nested[];
}

/** Compares the properties of objects. */
export function propertyParts({ base, head, path }: Pair): ComparedParts[] {
  const names = new Set([base, head].flatMap(namesOf));
  return [...names].map((name) => propertyPart(name, { base, head, path: propertyPath(path, name) }));
}

function propertyPart(name: string, { base, head, path }: Pair): ComparedParts {
  const [was, is] = [base, head].map((schema) => namesOf(schema).includes(name));
  const [wasRequired = false, isRequired = false] = [base, head].map((schema) =>
    requiredOf(schema).includes(name),
  );
  const nested = [{ base: schemaOfProperty(base, name), head: schemaOfProperty(head, name), path }];
  if (!was) return addition(isRequired, { base, head, path }, nested);
  if (!is) return removal(wasRequired, { base, head, path }, nested);
  if (wasRequired === isRequired) return { changes: [], nested };
  const change: SchemaChange = isRequired
    ? { rule: 'property-became-required', path, text: 'the field is required' }
    : { rule: 'property-became-optional', path, text: 'the field is no longer required' };
  return { changes: [change], nested };
}

/**
 * A service writes only the fields that its schema names, so earlier data does not have a new field, unless the schema describes
 * fields of any name.
 */
function addition(isRequired: boolean, { base, path }: Pair, nested: Nested[]): ComparedParts {
  const changes: SchemaChange[] = [
    isRequired
      ? { rule: 'required-property-added', path, text: 'the field is new and required' }
      : { rule: 'property-added', path, text: 'the field is new' },
  ];
  if (isClosed(base))
    changes.push({
      rule: 'property-refused',
      path,
      text: 'the field is new, and additionalProperties was false',
    });
  return { changes, nested: isObject(base['additionalProperties']) ? nested : [] };
}

function removal(wasRequired: boolean, { head, path }: Pair, nested: Nested[]): ComparedParts {
  const changes: SchemaChange[] = [
    wasRequired
      ? { rule: 'required-property-removed', path, text: 'the required field is removed' }
      : { rule: 'property-removed', path, text: 'the field is removed' },
  ];
  if (isClosed(head))
    changes.push({
      rule: 'closed-property-removed',
      path,
      text: 'the field is removed, and additionalProperties is false',
    });
  return { changes, nested: isObject(head['additionalProperties']) ? nested : [] };
}

/** Compares the schema of the fields that have no name in the schema. Absent, it accepts all. */
export function otherPropertyParts({ base, head, path }: Pair): ComparedParts {
  const [wasClosed, closed] = [isClosed(base), isClosed(head)];
  if (wasClosed && closed) return { changes: [], nested: [] };
  if (closed)
    return { changes: [{ rule: 'object-closed', path, text: 'additionalProperties is false' }], nested: [] };
  if (wasClosed)
    return {
      changes: [{ rule: 'object-opened', path, text: 'additionalProperties is no longer false' }],
      nested: [],
    };
  const [before, after] = [base['additionalProperties'], head['additionalProperties']];
  if (!isObject(before) && !isObject(after)) return { changes: [], nested: [] };
  return { changes: [], nested: [{ base: before, head: after, path: propertyPath(path, '*') }] };
}

/** A required field may have no schema of its own. */
const namesOf = (schema: JsonObject): string[] => [
  ...Object.keys(objectAt(schema, 'properties')),
  ...requiredOf(schema),
];

const requiredOf = (schema: JsonObject): string[] => listAt(schema, 'required').map(String);

const isClosed = (schema: JsonObject): boolean => schema['additionalProperties'] === false;

function schemaOfProperty(schema: JsonObject, name: string): unknown {
  const properties = objectAt(schema, 'properties');
  return Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
}

import { kebabFault, suggestion, toKebab } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import type { Field, Resource } from './answers.ts';
import { apisOf } from './api-versions.ts';
import { columnName, resourceNames } from './names.ts';
import { countable, singularOf } from './plurals.ts';
import { resourceEvents } from './resource-events.ts';
import {
  generatedTypes,
  generatedVariables,
  objectMembers,
  postgresWords,
  runtimeTables,
  javascriptWords,
} from './reserved-words.ts';

/** A column has one more `_` for each capital, and PostgreSQL truncates names at 63 bytes. */
const longestField = 40;
const longestColumn = 63;

const camelCase = /^[a-z][a-zA-Z0-9]*$/;

const toCamel = (text: string) =>
  toKebab(text).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const reservedServices = new Set(['service', 'workspace', 'node-modules']);

/** Returns the reason why a service cannot have this name (without `-service`). */
export function serviceNameFault(name: string): string | undefined {
  if (reservedServices.has(name))
    return `"${name}" is reserved; name the service after its subject: user, order, billing`;
  return kebabFault(name, 'the name');
}

/** Returns the reason why one resource cannot have this name, independent of others. */
export function resourceNameFault(name: string): string | undefined {
  const fault = kebabFault(name, 'the resource');
  if (fault) return fault;
  const names = resourceNames(name);
  if (names.kebabPlural === name) return pluralFault(name);
  if (javascriptWords.has(names.camel) || javascriptWords.has(names.camelPlural)) {
    return `"${name}" is a reserved word of the language; choose another word`;
  }
  if (postgresWords.has(names.table))
    return `the table name "${names.table}" would be a reserved word of SQL; choose another word`;
  if (runtimeTables.has(names.table))
    return `the table "${names.table}" belongs to the runtime; choose another word`;
  const taken = [names.camel, names.camelPlural].find((word) => generatedVariables.has(word));
  if (taken) return `"${taken}" is a name that the generated code uses; choose another word`;
  if (generatedTypes.has(names.pascal))
    return `the type "${names.pascal}" already exists; choose another word`;
  return undefined;
}

/**
 * Returns the name to propose for the first resource of a service: that of the service, in the singular. If this cannot be the
 * name of a resource, `why` says so, and the name is a longer one.
 */
export function proposedResource(service: string): { name?: string; why?: string } {
  const own = singularOf(service) ?? service;
  const why = resourceNameFault(own);
  if (why === undefined) return { name: own };
  const longer = countable(own);
  return resourceNameFault(longer) === undefined ? { name: longer, why } : { why };
}

/** For a name that is its own plural; the suggested name is one that a resource can have. */
function pluralFault(name: string): string {
  const singular = singularOf(name);
  const fault = singular === undefined ? undefined : resourceNameFault(singular);
  if (fault !== undefined) return `"${name}" is a plural, and its singular cannot be used: ${fault}`;
  if (singular !== undefined) return `"${name}" is a plural; use the singular ("${singular}")`;
  const word = countable(name);
  return `"${name}" has no plural of its own, and its table and routes need one${suggestion(kebabFault(word, '') ? '' : word)}`;
}

const ownColumns = new Set(['id', 'createdAt', 'updatedAt']);

/** Returns the reason why a field cannot have this name. */
export function fieldNameFault(name: string): string | undefined {
  if (!camelCase.test(name)) {
    return `the field ${seen(name)} is not camelCase; use letters and digits, and begin with a lower-case letter${suggestion(toCamel(name))}`;
  }
  if (ownColumns.has(name))
    return `the field "${name}" already exists: every resource has id, createdAt and updatedAt`;
  if (name.length > longestField)
    return `the field ${seen(name)} has ${name.length} characters; the maximum is ${longestField}`;
  if (objectMembers.has(name))
    return `the field "${name}" would hide a member of every JavaScript object; choose another name`;
  if (javascriptWords.has(name))
    return `the field "${name}" is a reserved word of the language; choose another name`;
  const column = columnName(name);
  if (postgresWords.has(column))
    return `the column "${column}" would be a reserved word of SQL; choose another name for the field`;
  if (column.length > longestColumn)
    return `the column "${column}" has ${column.length} bytes, but PostgreSQL truncates names to ${longestColumn}; shorten the name of the field`;
  return undefined;
}

/** Returns the reason why one table cannot have these fields. */
export function fieldsFault(fields: Field[]): string | undefined {
  if (fields.length === 0) return 'a resource needs at least one field';
  const seen = new Map<string, string>();
  for (const { name } of fields) {
    const column = columnName(name);
    const other = seen.get(column);
    if (other === name) return `the field "${name}" exists already; give each field once`;
    if (other !== undefined) return `the fields "${other}" and "${name}" would share the column "${column}"`;
    seen.set(column, name);
  }
  return undefined;
}

/**
 * Returns the reason why one service cannot have these resources together with copies of `aggregates`, resources of another
 * service: two of them would write the same file, table, variable or type.
 */
export function collisionFault(resources: Resource[], aggregates: string[]): string | undefined {
  const taken = new Map<string, string>();
  const owners: [what: string, identifiers: string[]][] = [
    ...aggregates.map((name): [string, string[]] => [`the copy of "${name}"`, copyIdentifiers(name)]),
    ...resources.map((resource): [string, string[]] => [
      `the resource "${resource.name}"`,
      identifiers(resource),
    ]),
  ];
  for (const [what, names] of owners) {
    for (const name of new Set(names)) {
      const other = taken.get(name);
      if (other === what) return `${what} exists already; give each one once`;
      if (other !== undefined) return `${other} and ${what} would both write "${name}"; rename one`;
      taken.set(name, what);
    }
  }
  return undefined;
}

const layers = ['Changes', 'Publisher', 'Repository', 'Router', 'Service', 'Page', 'Query'];

/** Returns the names that the generated code of a resource declares. */
export function identifiers({
  name,
  events = [],
  apis,
}: Pick<Resource, 'name' | 'events' | 'apis'>): string[] {
  const { camel, camelPlural, pascal } = resourceNames(name);
  const types = layers.map((layer) => pascal + layer);
  return [
    camel,
    camelPlural,
    pascal,
    `New${pascal}`,
    ...types,
    `${camel}Schema`,
    ...apisOf(apis).map((api) => `${pascal}${api.pascal}Router`),
    ...eventNames({ name, events }),
  ];
}

const eventNames = (resource: Pick<Resource, 'name' | 'events'>) =>
  resourceEvents(resource).flatMap(({ after, versions }) =>
    versions.flatMap(({ name, pascal, data }) => (after && data !== 'fields' ? [name] : [name, pascal])),
  );

/** A copy of `user` is called user-copy, and uses the events userCreated and so on. */
const copyIdentifiers = (aggregate: string) => [
  ...identifiers({ name: `${aggregate}-copy` }),
  ...eventNames({ name: aggregate }),
];

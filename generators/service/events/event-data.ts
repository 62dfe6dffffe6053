import { code, list, type Code } from '../../rendering/code.ts';
import { schemaDefault } from '../fields/default-code.ts';
import type { Field } from '../model/answers.ts';
import { writtenType } from '../model/field-form.ts';
import type { EventVersion, ResourceEvent } from '../model/resource-events.ts';
import type { ResourceView } from '../model/view.ts';

type EventSource = Pick<ResourceView, 'shown'>;

/** Returns the type of a field in the data of an event, where a reference is the id that it holds. */
export const typeInEvents = (field: Field): string =>
  field.type === 'reference' ? 'uuid' : writtenType(field);

/** Reports whether each value of a field is a value of another field: the other one has the same type, or more values of an enum. */
export const hasValuesOf = (wide: Field, narrow: Field): boolean =>
  typeInEvents(wide) === typeInEvents(narrow) ||
  (narrow.values !== undefined && lackingValues(wide, narrow).length === 0 && wide.values !== undefined);

/** Returns the values of an enum that another enum lacks. */
export const lackingValues = ({ values: others = [] }: Field, { values = [] }: Field): string[] =>
  values.filter((value) => !others.includes(value));

/** Returns the field of the resource that has the value of an event's field; undefined if none has it. */
const sourceField = (field: Field, { renamed }: EventVersion, { shown }: EventSource): Field | undefined =>
  shown.find(
    (own) =>
      own.name === (renamed[field.name] ?? field.name) &&
      hasValuesOf(field, own) &&
      (field.optional || !own.optional),
  );

/** Returns the source text of the value of an event's field; undefined if the owner fills it in. */
function valueOf(field: Field, version: EventVersion, from: string, resource: EventSource): Code | undefined {
  const source = sourceField(field, version, resource);
  if (source) return code`${from}.${source.name}`;
  return field.default === undefined ? undefined : schemaDefault(field);
}

/** Returns the fields of a version for which its publisher has no value: the owner fills them in. */
export const openFields = (event: ResourceEvent, version: EventVersion, resource: EventSource): Field[] =>
  event.takes === 'state'
    ? version.fields.filter((field) => field.default === undefined && !sourceField(field, version, resource))
    : [];

/** Returns the source text of the data of one version, from the variable that has the parameter of the publisher's method. */
export function dataOf(
  event: ResourceEvent,
  version: EventVersion,
  from: string,
  resource: EventSource,
): Code {
  if (event.takes === 'id') return from === 'id' ? code`{ id }` : code`{ id: ${from} }`;
  if (version.data === 'state' || (event.takes === 'fields' && event.versions.length === 1))
    return code`${from}`;
  const value = (field: Field) =>
    event.takes === 'fields'
      ? code`${from}.${field.name}`
      : (valueOf(field, version, from, resource) ?? code`null`);
  const values = version.fields.map((field) => code`${field.name}: ${value(field)}`);
  return code`{ ${list([code`id: ${from}.id`, ...values, ...timesOf(version, from)])} }`;
}

const timesOf = ({ isFrozenState }: EventVersion, from: string): Code[] =>
  isFrozenState ? ['createdAt', 'updatedAt'].map((time) => code`${time}: ${from}.${time}`) : [];

/** Returns the source text that publishes an event in each of its versions. */
export function publishing(event: ResourceEvent, from: string, resource: EventSource): Code {
  const id = event.takes === 'id' ? from : `${from}.id`;
  const versions = event.versions
    .toReversed()
    .map((version) => code`${version.name}.of(${id}, ${dataOf(event, version, from, resource)})`);
  return versions.length === 1 ? list(versions) : code`[${list(versions)}]`;
}

/**
 * Returns the fields of all versions of an event, each name once, as the newest version has it. An enum has the values of the oldest version:
 * a later one only adds values, and one value is published in all versions.
 */
export const fieldsOfAll = ({ versions }: ResourceEvent): Field[] => {
  const all = versions.flatMap(({ fields }) => fields);
  const oldest = ({ name }: Field) => all.find((field) => field.name === name);
  return [
    ...new Map(
      all.map((field) => [field.name, field.values ? { ...field, values: oldest(field)?.values } : field]),
    ).values(),
  ];
};

/**
 * Returns the statements of a test that compares the data of a received event with the data it was published from. A field that the
 * owner fills in may have any value.
 * @param received source text of the event
 */
export function comparison(
  event: ResourceEvent,
  version: EventVersion,
  [received, from]: readonly [Code, string],
  resource: EventSource,
): Code {
  const open = openFields(event, version, resource);
  if (open.length === 0)
    return code`assert.deepEqual((${received}).data, ${dataOf(event, version, from, resource)});`;
  const variable = `v${version.version}`;
  const values = version.fields.flatMap((field) => {
    const value = valueOf(field, version, from, resource);
    return value ? [code`${field.name}: ${value}`] : [];
  });
  const expected = code`{ ${list([code`...${variable}`, code`id: ${from}.id`, ...values, ...timesOf(version, from)])} }`;
  return code`const ${variable} = (${received}).data as object;
    assert.deepEqual(${variable}, ${expected});`;
}

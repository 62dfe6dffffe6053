import { kebabFault } from '../../outside/kebab-case.ts';
import type { Field, OwnEvent, Resource } from '../model/answers.ts';
import { hasValuesOf, lackingValues, openFields, typeInEvents } from './event-data.ts';
import { writtenType } from '../model/field-form.ts';
import { identifiers } from '../model/name-rules.ts';
import { resourceNames } from '../model/names.ts';
import { objectMembers } from '../model/reserved-words.ts';
import {
  removedVerb,
  resourceEvents,
  takenVerbs,
  versionOf,
  type ResourceEvent,
} from '../model/resource-events.ts';
import { looksSecret } from '../model/secret-names.ts';

/** Returns the reason why a resource cannot have its own events; undefined if it can. */
export function ownEventsFault(resource: Resource): string | undefined {
  const { name, events = [] } = resource;
  const versions = events.map((event) => `${event.verb}" in version ${versionOf(event)}`);
  const twice = versions.find((version, index) => versions.indexOf(version) !== index);
  if (twice !== undefined)
    return `the event "${name}.${twice.replace(' in version 1', '')} exists already; choose another verb`;
  return (
    events.map((event) => ownEventFault(resource, event)).find((fault) => fault !== undefined) ??
    nameFault(resource) ??
    resourceEvents(resource)
      .map((event) => versionsFault(resource, event))
      .find((fault) => fault !== undefined)
  );
}

function ownEventFault({ name: resource, events }: Resource, event: OwnEvent): string | undefined {
  const { verb, fields = [] } = event;
  const type = `${resource}.${verb}`;
  const fault = kebabFault(verb, 'the verb of an event');
  if (fault) return fault;
  if (takenVerbs.includes(verb) && !isOfEvery(event))
    return `the event "${type}" exists already; choose another verb`;
  const { pascal } = resourceNames(`${resource}-${verb}`);
  if (identifiers({ name: resource }).includes(pascal) || objectMembers.has(resourceNames(verb).camel))
    return `the event "${type}" would have a name that the generated code uses; choose another verb`;
  if (versionOf(event) > 1 && verb === removedVerb) return oneVersionFault(resource);
  const isFilled = resourceEvents({ name: resource, events }).some(
    (each) => each.type === type && each.takes === 'state',
  );
  return (
    fields.map(eventFieldFault).find((each) => each !== undefined) ??
    (isFilled ? undefined : defaultFault(fields))
  );
}

/** Returns the reason why the event of a removed row has no second version. */
export const oneVersionFault = (resource: string): string =>
  `the event "${resource}.${removedVerb}" has one version: its data is only the id, since the ${resource} is gone`;

/** A later version of an event of every resource, or the record that its version 1 is retired. */
const isOfEvery = (event: OwnEvent): boolean =>
  event.verb !== 'snapshot' && (versionOf(event) > 1 || event.retired === true || event.state === true);

/** The version 2 of `user.created` and an event `user.created-v2` would share a name. */
function nameFault(resource: Resource): string | undefined {
  const versions = resourceEvents(resource).flatMap((event) => event.versions);
  const other = (one: { name: string; type: string }) =>
    versions.find(({ name, type }) => name === one.name && type !== one.type);
  const clash = versions.find(other);
  if (!clash) return undefined;
  return `the events "${clash.type}" and "${other(clash)?.type}" would both be named "${clash.name}" in the code; rename one`;
}

function versionsFault(resource: Resource, event: ResourceEvent): string | undefined {
  if (event.versions.length === 0) return `the event "${event.type}" is published in no version`;
  return (
    event.versions
      .map((version) => openFault(resource, event, version))
      .find((fault) => fault !== undefined) ?? typeFault(event)
  );
}

/** The publisher fills a version from the resource. */
function openFault(
  { name, fields }: Resource,
  event: ResourceEvent,
  version: ResourceEvent['versions'][number],
): string | undefined {
  const shown = fields.filter(({ secret }) => !secret);
  const open = openFields(event, version, { shown }).find(({ optional }) => !optional);
  if (!open) return undefined;
  const own = fields.find((field) => field.name === open.name);
  const why = !own
    ? `the resource "${name}" does not have it`
    : own.secret
      ? 'the field of the resource is secret'
      : typeInEvents(own) === typeInEvents(open)
        ? 'the field of the resource is optional'
        : `the field of the resource has the type ${writtenType(own)}`;
  return (
    `the field "${open.name}" of "${event.type}" version ${version.version} cannot be required: ${why}. ` +
    `Make it optional (${open.name}:${writtenType(open)}:optional), or give the resource the field first`
  );
}

/** The caller of the publisher passes the data of all versions in one object. */
function typeFault({ type, takes, versions }: ResourceEvent): string | undefined {
  if (takes !== 'fields') return undefined;
  const fields = versions.flatMap((version) => version.fields.map((field) => ({ field, ...version })));
  const pairs = fields.flatMap((older) =>
    fields
      .filter((newer) => newer.version > older.version && newer.field.name === older.field.name)
      .map((newer) => ({ older, newer })),
  );
  const clash = pairs.find(({ older, newer }) => !hasValuesOf(newer.field, older.field));
  if (!clash) return undefined;
  const { older, newer } = clash;
  const { name } = newer.field;
  if (!older.field.values || !newer.field.values)
    return `the field "${name}" has two types in the versions of "${type}"; give it another name in the new version`;
  const lacking = lackingValues(newer.field, older.field);
  return (
    `the enum "${name}" of "${type}" lacks values in version ${newer.version} that it has in version ${older.version}: ${lacking.join(', ')}. ` +
    'Events of the older version have them, so keep these values, or give the field another name in the new version'
  );
}

/** Returns the reason why the data of an event cannot have a field. */
function eventFieldFault(field: Field): string | undefined {
  const { name, unique, index, secret } = field;
  if (unique || index)
    return `the field "${name}" of an event cannot be unique or indexed, since it has no column`;
  if (field.type === 'reference')
    return `the field "${name}" of an event cannot be a reference, since it has no column; write ${name}:uuid`;
  if (secret) return `the field "${name}" of an event cannot be secret, since each consumer gets it`;
  if (secret === undefined && looksSecret(name))
    return `the field "${name}" looks like a secret, and each consumer of the event would get it; if it is not a secret, write ${name}:${writtenType(field)}:public`;
  return undefined;
}

/** The caller of the publisher passes each value. */
function defaultFault(fields: Field[]): string | undefined {
  const field = fields.find((each) => each.default !== undefined);
  return field && `the field "${field.name}" of an event cannot have a default, since it has no column`;
}

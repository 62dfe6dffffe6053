import type { Field, OwnEvent, Resource } from '../model/answers.ts';
import { resourceEvents, versionOf } from '../model/resource-events.ts';

/** A field of a resource in the data of an event, without the parts that only a column has. */
export function inEvent({ default: _default, target: _target, backfill: _backfill, ...field }: Field): Field {
  const type = field.type === 'reference' ? 'uuid' : field.type;
  return { ...field, type, unique: false, index: false };
}

/** Returns the verbs of the events whose newest version has the state of the resource. */
export const verbsOfState = (resource: Resource): string[] =>
  resourceEvents(resource)
    .filter(({ versions }) => versions.at(-1)?.data === 'state')
    .map(({ type }) => type.slice(resource.name.length + 1));

/**
 * Returns the events of a resource before a change of its fields that consumers of these events cannot read: the version with the
 * state keeps the present fields, and the next version has the new state.
 */
export function withNextState(resource: Resource): OwnEvent[] {
  const { events = [], fields } = resource;
  const shown = fields.filter(({ secret }) => !secret).map(inEvent);
  const states = resourceEvents(resource).flatMap(({ type, versions }): OwnEvent[] => {
    const newest = versions.at(-1);
    const verb = type.slice(resource.name.length + 1);
    return newest?.data === 'state' ? [{ verb, version: newest.version, state: true, fields: shown }] : [];
  });
  const isSame = (one: OwnEvent, other: OwnEvent) =>
    one.verb === other.verb && versionOf(one) === versionOf(other);
  const kept = events.map((event) => states.find((state) => isSame(state, event)) ?? event);
  const next = states.map(({ verb, version = 1 }) => ({ verb, version: version + 1 }));
  return [...kept, ...states.filter((state) => !kept.includes(state)), ...next];
}

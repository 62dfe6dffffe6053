import { resourceNames } from './names.ts';
import type { ResourceView } from './view.ts';

/** A field, a route and an event that the README of a service adds to its first resource. */
export interface ExampleChange {
  field: string;
  /** The path of the route, and the method of the service. */
  method: string;
  /** The first word of the route's summary. */
  summary: string;
  /** The variable of the event's definition. */
  event: string;
}

const changes = [
  { field: 'archived', method: 'archive', summary: 'Archive' },
  { field: 'hidden', method: 'hide', summary: 'Hide' },
  { field: 'pinned', method: 'pin', summary: 'Pin' },
];

/** Returns a change whose field the resource does not have; undefined if it has them all. */
export function exampleChange({ kebab, fields }: ResourceView): ExampleChange | undefined {
  const change = changes.find(({ field }) => fields.every(({ name }) => name !== field));
  return change && { ...change, event: resourceNames(`${kebab}-${change.field}`).camel };
}

import type { Field, OwnEvent, Resource } from './answers.ts';
import { resourceNames } from './names.ts';

/** An event that a service publishes about one of its resources. */
export interface ResourceEvent {
  /** `user.created` */
  type: string;
  version: number;
  /** The name of its definition in the code: `userCreated`. */
  name: string;
  /** `UserCreated` */
  pascal: string;
  /** The method of the publisher: `created`. */
  method: string;
  /** The method of the service that publishes it, in the transaction of its change; undefined: code of the owner does. */
  after?: 'create' | 'update' | 'remove';
  /** Its data: the resource as clients see it, only its id, or the id and `fields`. */
  data: 'state' | 'id' | 'fields';
  fields: Field[];
}

const facts = [
  { method: 'created', after: 'create', data: 'state' },
  { method: 'updated', after: 'update', data: 'state' },
  { method: 'deleted', after: 'remove', data: 'id' },
] as const;

/** The events that a runtime command publishes about each resource. */
const ofRuntime = ['snapshot'];

/** The verbs that an owner cannot give to an event. */
export const takenVerbs: readonly string[] = [...facts.map(({ method }) => method), ...ofRuntime];

/** Returns the events of a resource, in the order of the generated code: those of every resource, then the owner's. */
export const resourceEvents = ({ name, events = [] }: Pick<Resource, 'name' | 'events'>): ResourceEvent[] => [
  ...facts.map((fact) => ({ ...fact, ...named(name, fact.method), fields: [] })),
  ...events.map((event) => ownEvent(name, event)),
];

const ownEvent = (resource: string, { verb, fields }: OwnEvent): ResourceEvent => ({
  ...named(resource, verb),
  method: resourceNames(verb).camel,
  data: fields === undefined ? 'state' : 'fields',
  fields: fields ?? [],
});

function named(resource: string, verb: string) {
  const { camel, pascal } = resourceNames(`${resource}-${verb}`);
  return { type: `${resource}.${verb}`, version: 1, name: camel, pascal };
}

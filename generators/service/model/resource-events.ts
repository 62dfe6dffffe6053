import type { Field, OwnEvent, Resource } from './answers.ts';
import { resourceNames } from './names.ts';

/** The data of an event: the resource as clients see it, only its id, or the id and fields. */
type EventData = 'state' | 'id' | 'fields';

/** One version of an event, with a definition of its own. */
export interface EventVersion {
  /** `user.created` */
  type: string;
  version: number;
  /** The name of its definition in the code: `userCreated`, `userCreatedV2`. */
  name: string;
  /** `UserCreated`, `UserCreatedV2` */
  pascal: string;
  data: EventData;
  fields: Field[];
  /** The fields of the resource with another name than in the data, by the name in the data. */
  renamed: Record<string, string>;
  /** The data has `createdAt` and `updatedAt`, too, and each optional field, which may be null. */
  isFrozenState: boolean;
}

/** An event that a service publishes about one of its resources. */
export interface ResourceEvent {
  /** `user.created` */
  type: string;
  /** `UserCreated` */
  pascal: string;
  /** The method of the publisher: `created`. */
  method: string;
  /** The method of the service that publishes it, in the transaction of its change; undefined: code of the owner does. */
  after?: 'create' | 'update' | 'remove';
  /** The parameter of the publisher's method: the resource, its id, or the data of each version. */
  takes: EventData;
  /** The published versions, the oldest first. */
  versions: EventVersion[];
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

/** The verb of the event without data besides the id, since its resource is gone: it has one version. */
export const removedVerb = 'deleted';

/** Returns the events of a resource, in the order of the generated code: those of every resource, then the owner's. */
export const resourceEvents = ({ name, events = [] }: Pick<Resource, 'name' | 'events'>): ResourceEvent[] => [
  ...facts.map(({ method, after, data }) => ({
    after,
    ...eventOf(name, method, withFirst(ofVerb(events, method)), data),
  })),
  ...ownVerbs(events).map((verb) => {
    const versions = ofVerb(events, verb);
    const isState = versions.some(({ fields, state }) => fields === undefined || state);
    return eventOf(name, verb, versions, isState ? 'state' : 'fields');
  }),
];

/** Returns the number of the version that an event gets next. */
export const nextVersion = ({ events = [] }: Pick<Resource, 'events'>, verb: string): number =>
  Math.max(1, ...ofVerb(events, verb).map(versionOf)) + 1;

export const versionOf = ({ version = 1 }: OwnEvent): number => version;

const ofVerb = (events: OwnEvent[], verb: string): OwnEvent[] =>
  events.filter((event) => event.verb === verb);

const ownVerbs = (events: OwnEvent[]): string[] => {
  const verbs = events.map(({ verb }) => verb).filter((verb) => !takenVerbs.includes(verb));
  return [...new Set(verbs)];
};

/** Adds version 1 of an event of every resource, which the answers name only once it is retired. */
const withFirst = (versions: OwnEvent[]): OwnEvent[] =>
  versions.some((each) => versionOf(each) === 1) ? versions : [{ verb: '' }, ...versions];

function eventOf(resource: string, verb: string, versions: OwnEvent[], takes: EventData): ResourceEvent {
  const { camel, pascal } = resourceNames(`${resource}-${verb}`);
  const type = `${resource}.${verb}`;
  const published = versions
    .filter(({ retired }) => !retired)
    .toSorted((one, other) => versionOf(one) - versionOf(other));
  return {
    ...{ type, pascal, method: resourceNames(verb).camel, takes },
    versions: published.map((each) => {
      const [version, { fields, renamed = {}, state = false }] = [versionOf(each), each];
      const suffix = version === 1 ? '' : `V${version}`;
      const data = fields === undefined ? (takes === 'id' ? 'id' : 'state') : 'fields';
      return {
        type,
        version,
        name: camel + suffix,
        pascal: pascal + suffix,
        data,
        fields: fields ?? [],
        renamed,
        isFrozenState: state,
      };
    }),
  };
}

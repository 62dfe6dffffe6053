import type { ObjectSchema } from 'joi';
import { checkSchema } from '../../schemas/schema-bounds.ts';

/** Lifts the data of one version to the next one. */
export type Upcast = (data: Record<string, unknown>) => Record<string, unknown>;

export interface EventSettings<T> {
  /** A fact in the past tense, prefixed by its aggregate: `user.created`. */
  type: string;
  /** Increases with every change that an old reader would not understand. */
  version: number;
  /** One topic per aggregate type: `user.events`. */
  topic: string;
  /** The type of the aggregate: `user`. */
  aggregate: string;
  /** The schema of the data as JSON: dates are strings. */
  schema: ObjectSchema<T>;
  /** `{ 1: lift }` converts version 1 to version 2. Readers of old events need one upcast for every older version. */
  upcasts?: Readonly<Record<number, Upcast>>;
}

export interface EventDefinition<T = unknown> extends Readonly<Required<EventSettings<T>>> {
  /** Creates an event about one aggregate; `bus.publish` validates and sends it. */
  of(aggregateId: string, data: T): NewEvent<T>;
}

/** An event that has happened but is not published yet; created by `definition.of(aggregateId, data)`. */
export interface NewEvent<T = unknown> {
  readonly definition: EventDefinition<T>;
  readonly aggregateId: string;
  readonly data: T;
}

/** The versions of one event, in any order: the same type, topic and aggregate. They are published together. */
export type EventVersions = readonly [NewEvent, ...NewEvent[]];

/** The attributes of an event that was published in several versions. */
export interface Occurrence {
  /** The same for all of these versions; `source` and this id together are unique. */
  readonly occurrenceId: string;
  /** The oldest of these versions, which is the last one in the topic. */
  readonly oldestVersion: number;
}

/** An event as passed to a handler. `source` and `id` together are unique (CloudEvents 1.0). */
export interface ReceivedEvent<T = unknown> extends Partial<Occurrence> {
  readonly id: string;
  readonly type: string;
  /** The version of `data`: the definition's after an upcast, else the version of the message. */
  readonly version: number;
  /** The service that published it. */
  readonly source: string;
  /** The id of its aggregate. */
  readonly subject: string;
  readonly aggregate: string;
  /** The time of publishing, ISO 8601 in UTC. */
  readonly time: string;
  readonly data: T;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** The identity of an event (CloudEvents 1.0: "source + id is unique"). */
export interface EventIdentity {
  source: string;
  id: string;
}

/** Returns a unique string for each identity. */
export const identityOf = ({ source, id }: EventIdentity): string => `${source.length} ${source}${id}`;

/** The events that a service publishes and consumes; `asyncapi.json` is generated from it. */
export interface EventContracts {
  readonly published: readonly EventDefinition[];
  readonly consumed: readonly EventDefinition[];
}

const typePattern = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/;
const aggregatePattern = /^[a-z][a-z0-9_-]*$/;
/** org.apache.kafka.common.internals.Topic: at most 249 of these characters, and not `.` or `..`. */
const topicPattern = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** Defines an event. Throws if a name, the version, the schema or an upcast is invalid. */
export function defineEvent<T>(settings: EventSettings<T>): EventDefinition<T> {
  checkSettings(settings);
  const definition: EventDefinition<T> = {
    ...settings,
    upcasts: settings.upcasts ?? {},
    of: (aggregateId, data) => ({ definition, aggregateId, data }),
  };
  return Object.freeze(definition);
}

/** Throws if Kafka would refuse the topic. */
export function checkTopic(topic: string): void {
  if (topicPattern.test(topic)) return;
  throw new Error(
    `"${topic}" is not a valid Kafka topic name; use up to 249 letters, digits, ".", "_" and "-", as in user.events`,
  );
}

function checkSettings<T>({ type, version, topic, aggregate, schema, upcasts = {} }: EventSettings<T>): void {
  if (!typePattern.test(type)) {
    throw new Error(
      `"${type}" is not a valid event type; write <aggregate>.<past tense>, as in user.created`,
    );
  }
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new Error(`${type} has version ${version}; versions are 1, 2, 3, ...`);
  }
  if (!aggregatePattern.test(aggregate)) {
    throw new Error(`${type} has the aggregate "${aggregate}"; write the type of the aggregate, as in user`);
  }
  checkTopic(topic);
  checkSchema(schema, `the schema of ${type}`);
  if (JSON.stringify(schema.describe()).includes('"type":"date"')) {
    throw new Error(
      `the schema of ${type} uses joi.date(), but JSON has no dates; use joi.string().isoDate()`,
    );
  }
  const misplaced = Object.keys(upcasts).find((from) => !(Number(from) >= 1 && Number(from) < version));
  if (misplaced) {
    throw new Error(
      `${type} version ${version} has an upcast from version ${misplaced}; upcasts are from older versions`,
    );
  }
}

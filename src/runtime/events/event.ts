import type { EventDefinition } from './define-event.ts';

/** An event that has happened and is not published yet; made by `definition.of(aggregateId, data)`. */
export interface NewEvent<T = unknown> {
  readonly definition: EventDefinition<T>;
  readonly aggregateId: string;
  readonly data: T;
}

/** An event as a handler gets it. `source` and `id` together are unique (CloudEvents 1.0). */
export interface ReceivedEvent<T = unknown> {
  readonly id: string;
  readonly type: string;
  /** The version of `data`: the definition's where one lifted it, else the one on the wire. */
  readonly version: number;
  /** The service that published it. */
  readonly source: string;
  /** The id of the aggregate that it is about. */
  readonly subject: string;
  readonly aggregate: string;
  /** When it was published, ISO 8601 in UTC. */
  readonly time: string;
  readonly data: T;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** What a service says to the others and hears from them; `asyncapi.json` is written from it. */
export interface EventContracts {
  readonly published: readonly EventDefinition[];
  readonly consumed: readonly EventDefinition[];
}

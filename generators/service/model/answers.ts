import type { ApiVersion } from './api-versions.ts';
import type { PackageManager } from './package-managers.ts';

/** The column types of a resource's field, in the order in which they are offered. */
export const fieldTypes = [
  'string',
  'text',
  'email',
  'url',
  'integer',
  'bigint',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'uuid',
  'json',
  'enum',
  'reference',
] as const;

export type FieldType = (typeof fieldTypes)[number];

/** One field of a resource. Every resource has `id`, `createdAt` and `updatedAt`, which are not listed. */
export interface Field {
  /** camelCase; that of a reference ends in `Id`. */
  name: string;
  type: FieldType;
  /** Of a string: the most characters; undefined: 255. */
  length?: number;
  /** Of a decimal: its digits, and those after the point; undefined: any number. */
  digits?: { precision: number; scale: number };
  /** Of an enum: the values, in the order in which they are given. */
  values?: readonly string[];
  /** Of a reference: the resource of the same service whose id it holds. */
  target?: string;
  /** The value of a row whose creator gives none, as JSON; undefined: no default. */
  default?: unknown;
  unique: boolean;
  optional: boolean;
  index: boolean;
  /** SQL of the value of the present rows, only in the run that adds the field to a table or requires it. */
  backfill?: string;
  /** The field whose column has its values, only in the run that renames that field. */
  renames?: string;
  /** Never leaves the service. `false`: declared public, whatever its name; undefined: not declared. */
  secret?: boolean;
}

/** A version of an event about a resource, which its owner has added to version 1 of `created`, `updated` and `deleted`. */
export interface OwnEvent {
  /** In the past tense, kebab-case: `shipped`. A later version of an event of every resource: `created`. */
  verb: string;
  /** Undefined: 1. */
  version?: number | undefined;
  /** The service no longer publishes this version. */
  retired?: true | undefined;
  /** `fields` are those of the resource when this was its newest version: the data also has the times of the resource. */
  state?: true | undefined;
  /** The data besides the id. Undefined: the resource as clients see it. The default of a field is its value if the resource lacks it. */
  fields?: Field[] | undefined;
  /** The fields that the resource has under another name: the name in the data to that of the resource. */
  renamed?: Record<string, string> | undefined;
}

/** A field that the code no longer has. Its column stays until no replica of the earlier release runs. */
export interface LeavingField {
  name: string;
  /** The new name of the field; undefined: it is removed. */
  to?: string | undefined;
  /** Only in the run that removes a required field without a default: its value in the rows of the new release. */
  default?: unknown;
}

export interface Resource {
  /** Singular, kebab-case: `order-line`. */
  name: string;
  fields: Field[];
  events?: OwnEvent[] | undefined;
  /** The versions of its routes after the first one, and the retired ones, in their order. */
  apis?: ApiVersion[] | undefined;
  /** The renamed and removed fields whose columns the next release drops. */
  leaving?: LeavingField[] | undefined;
  /** Those whose columns this run drops. */
  dropped?: LeavingField[] | undefined;
}

/** An event of another service, read from that service's committed `asyncapi.json`. */
export interface ConsumedEvent {
  /** `user.created` */
  type: string;
  version: number;
  topic: string;
  aggregate: string;
  /** The service that publishes it: `user-service`. */
  from: string;
  /** The way in which the service handles it: a handler of its owner, or only projections; undefined: it keeps a copy. */
  by?: 'handler' | 'projection' | undefined;
  /**
   * For each older version, the fields of the next version that its data lacks; null if the contract no longer has the version.
   * Undefined for version 1.
   */
  lacks?: Record<string, string[] | null> | undefined;
  /** The fields that are null in events of older versions, or of an earlier contract of this version; undefined: none. */
  nullable?: string[] | undefined;
  /** JSON Schema of the event's data, as in the contract file. */
  schema: Record<string, unknown>;
  /** The fields of the data that a copy table can hold, read from the schema, without `id`, `createdAt` and `updatedAt`. */
  fields: Field[];
}

/** A client of an HTTP API outside of the system. */
export interface Client {
  /** kebab-case: `tax`. */
  name: string;
  /** The address without a final slash: `https://api.example.com/v1`. */
  url: string;
  /** Of a client from an OpenAPI document. */
  operations?: ClientOperation[] | undefined;
  /** The call of one operation that the generated test makes; undefined if the document has none whose values are known. */
  example?: ClientExample | undefined;
  /** The text of the file with the types of the document; `.yo-base` remembers it. */
  types?: string | undefined;
}

/** An operation of an OpenAPI document. */
export interface ClientOperation {
  /** The name of its function: `getRate`. */
  name: string;
  /** In lower case: `get`. */
  method: string;
  /** `/rates/{country}` */
  path: string;
}

export interface ClientExample {
  /** The name of the operation. */
  operation: string;
  /** JSON, with `path`, `query`, `header` and `body` as far as the operation requires them. */
  input: Record<string, unknown>;
  status: number;
  /** JSON of the response; undefined without a body. */
  answer?: unknown;
}

/** A step of a saga, which another service does. */
export interface SagaStep {
  /** kebab-case: `payment`. The aggregate of its replies. */
  name: string;
  /** The verbs of its replies: it was done, it failed, it was undone: `processed`, `failed`, `refunded`. */
  replies: readonly [done: string, failed: string, undone: string];
  /** The data of its request, each from the field of the starting event with this name. */
  fields: Field[];
}

/** A saga of the service. */
export interface Saga {
  /** kebab-case: `place-order`. */
  name: string;
  /** The event of one of its resources that starts it: `order.created`. */
  startedBy: string;
  /** In their order. */
  steps: SagaStep[];
  /** The verbs of the events that report its end: all steps succeeded, or they were undone: `confirmed`, `cancelled`. */
  ends: readonly [completed: string, compensated: string];
}

/** What a participant does with a request. */
export const participantWorks = ['record', 'take', 'none'] as const;

/** The part of the service in a saga of another service: it answers the requests of a step. */
export interface Participant {
  /** The type of the request: `order.payment-requested`. */
  request: string;
  /** The service with the saga: `order-service`. */
  from: string;
  /** The topic of the request and of its cancel: `order.events`. */
  topic: string;
  step: SagaStep;
  /** `record` inserts a row of a resource; `take` takes a number from a row; `none` leaves the work to the owner. */
  work: (typeof participantWorks)[number];
  /** The resource of that row; undefined for `none`. */
  resource?: string | undefined;
}

/** One version of a read model. */
export interface Projection {
  /** kebab-case: `order-summary`. */
  name: string;
  /** 1, 2, 3, ... */
  version: number;
  /** The events that it follows. The first one makes a row visible. */
  from: ProjectionSource[];
}

/** An event of the service or of another one, as it was when the version was added: its table never changes. */
export interface ProjectionSource {
  /** `payment.processed` */
  type: string;
  /** The field of the data with the id of the row; undefined: the subject. */
  key?: string | undefined;
  /** The fields of the data that the row keeps. */
  fields: Field[];
}

/** The callers of a service: everyone, or those with a JWT of its issuer. */
export const authKinds = ['none', 'jwt'] as const;

export const ciSystems = ['github', 'none'] as const;

export interface ServiceAnswers {
  /** kebab-case, without `-service`: the folder and the package are `${name}-service`. */
  name: string;
  description: string;
  resources: Resource[];
  consumes: ConsumedEvent[];
  clients: Client[];
  /** The commands in `src/commands/`, by their names in kebab-case. */
  commands: { name: string }[];
  sagas: Saga[];
  participants: Participant[];
  projections: Projection[];
  /** Host port of the service: 8001, 8002, ... */
  port: number;
  /** Host port of its PostgreSQL: 5432, 5433, ... */
  databasePort: number;
  auth: (typeof authKinds)[number];
  packageManager: PackageManager;
  ci: (typeof ciSystems)[number];
  /** A workflow that opens a pull request with the changes of a newer generator every week. */
  updateWorkflow: boolean;
  kubernetes: boolean;
  git: boolean;
  install: boolean;
}

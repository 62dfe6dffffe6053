/** Column types that a resource's field may have; the order is the one in which they are offered. */
export const fieldTypes = [
  'string',
  'text',
  'integer',
  'bigint',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'uuid',
  'json',
] as const;

export type FieldType = (typeof fieldTypes)[number];

/** One field of a resource. `id`, `createdAt` and `updatedAt` are every resource's own and never stand here. */
export interface Field {
  /** camelCase. */
  name: string;
  type: FieldType;
  unique: boolean;
  optional: boolean;
  index: boolean;
  /** Never leaves the service. `false`: said to be public, whatever its name; absent: nothing was said. */
  secret?: boolean;
}

export interface Resource {
  /** Singular, kebab-case: `order-line`. */
  name: string;
  fields: Field[];
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
  /** JSON Schema of the event's data, as it stands in the contract file. */
  schema: Record<string, unknown>;
  /** What of the data a copy table can hold, read from the schema; `id`, `createdAt` and `updatedAt` are left out. */
  fields: Field[];
}

export const packageManagers = ['npm', 'pnpm'] as const;
export const ciSystems = ['github', 'none'] as const;

export interface ServiceAnswers {
  /** kebab-case, without `-service`: the folder and the package are `${name}-service`. */
  name: string;
  description: string;
  resources: Resource[];
  consumes: ConsumedEvent[];
  /** Host port of the service: 8001, 8002, ... */
  port: number;
  /** Host port of its PostgreSQL: 5432, 5433, ... */
  databasePort: number;
  packageManager: (typeof packageManagers)[number];
  ci: (typeof ciSystems)[number];
  kubernetes: boolean;
  git: boolean;
  install: boolean;
}

import type { ConsumedEvent, Field, Resource, ServiceAnswers } from './answers.ts';
import { columnName, resourceNames, type Names } from './names.ts';

export interface ResourceView extends Names {
  fields: Field[];
  migration: string;
}

/** Consumed events of one aggregate, from which a service keeps a copy. */
export interface CopyView extends Names {
  aggregate: Names;
  from: string;
  topic: string;
  events: EventView[];
  fields: Field[];
  migration: string;
}

export interface EventView {
  type: string;
  version: number;
  /** `userCreated` */
  name: string;
  /** `UserCreated` */
  pascal: string;
  removes: boolean;
  fields: Field[];
  required: string[];
}

export interface ServiceView extends Omit<ServiceAnswers, 'resources' | 'consumes'> {
  service: Names;
  folder: string;
  resources: ResourceView[];
  copies: CopyView[];
  database: { name: string; user: string };
  run: string;
  exec: string;
}

/** What the templates see: the answers with every derived name. */
export function serviceView(answers: ServiceAnswers): ServiceView {
  const service = resourceNames(answers.name);
  const resources = answers.resources.map(toResource);
  return {
    ...answers,
    service,
    folder: `${answers.name}-service`,
    resources,
    copies: copiesOf(answers.consumes, resources.length),
    database: { name: `${service.snake}_db`, user: service.snake },
    run: answers.packageManager === 'npm' ? 'npm run' : 'pnpm',
    exec: answers.packageManager === 'npm' ? 'npx' : 'pnpm exec',
  };
}

const migrationName = (position: number, table: string) =>
  `20260101${String(position).padStart(6, '0')}_create_${table}`;

const toResource = ({ name, fields }: Resource, index: number): ResourceView => {
  const names = resourceNames(name);
  return { ...names, fields, migration: migrationName(10 + index, names.table) };
};

function copiesOf(consumes: ConsumedEvent[], resources: number): CopyView[] {
  const aggregates = [...new Set(consumes.map(({ aggregate }) => aggregate))];
  return aggregates.map((aggregate, index) => {
    const events = consumes.filter((event) => event.aggregate === aggregate);
    const names = resourceNames(`${aggregate}-copy`);
    return {
      ...names,
      aggregate: resourceNames(aggregate),
      from: events[0]?.from ?? '',
      topic: events[0]?.topic ?? '',
      events: events.map(toEvent),
      fields: copiedFields(events.filter(({ type }) => !removes(type))),
      migration: migrationName(10 + resources + index, names.table),
    };
  });
}

const removes = (type: string) => type.endsWith('.deleted');

/** Every column of a copy may be empty: a producer may drop a field one day, and a copy must not jam on it. */
const copiedFields = (events: ConsumedEvent[]): Field[] => {
  const byName = new Map(events.flatMap(({ fields }) => fields).map((field) => [field.name, field]));
  return [...byName.values()].map((field) => ({ ...field, optional: true, unique: false, index: false }));
};

const toEvent = ({ type, version, fields, schema }: ConsumedEvent): EventView => {
  const names = resourceNames(type.replaceAll(/[^a-z0-9]+/g, '-'));
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  return { type, version, name: names.camel, pascal: names.pascal, removes: removes(type), fields, required };
};

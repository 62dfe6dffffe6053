import type { ConsumedEvent, Field, LeavingField, Resource } from './answers.ts';
import { apisOf, type ApiView } from './api-versions.ts';
import { isListKey } from './field-form.ts';
import { resourceNames, type Names } from './names.ts';
import { targetsOf } from './reference-rules.ts';
import { resourceEvents, type ResourceEvent } from './resource-events.ts';

export interface ResourceView extends Names {
  events: ResourceEvent[];
  fields: Field[];
  /** The fields in answers and events: all but the secret ones. */
  shown: Field[];
  secrets: Field[];
  /** The version of the routes that a template renders. */
  api: ApiView;
  /** All versions of the routes. */
  apis: ApiView[];
  /** The fields by which clients can filter and sort the list. */
  keys: Field[];
  /** The fields with the id of a row. */
  references: ReferenceView[];
  /** Itself and the resources that it references, directly or not: a new row needs a row of each. */
  needed: Names[];
  /** Whether another resource, or this one, references it. */
  isReferenced: boolean;
  leaving: LeavingField[];
  dropped: LeavingField[];
}

export interface ReferenceView {
  field: Field;
  to: Names;
  /** Whether it references its own resource. */
  isOwn: boolean;
}

/** Consumed events of one aggregate, for which a service has handlers of its owner. */
export interface ConsumedView extends Names {
  aggregate: Names;
  from: string;
  topic: string;
  events: EventView[];
  /** The data of the events; events with the same data share one shape. */
  shapes: ShapeView[];
}

/** Consumed events of one aggregate, from which a service keeps a copy. */
export interface CopyView extends ConsumedView {
  fields: Field[];
}

export interface ShapeView {
  /** `UserData` */
  pascal: string;
  camel: string;
  /** The aggregate, or the event type, after which it is named. */
  of: string;
  fields: Field[];
  required: string[];
}

export interface EventView {
  type: string;
  version: number;
  /** `userCreated` */
  name: string;
  removes: boolean;
  shape: ShapeView;
  /** The older versions, from 1: each with the fields that its data lacks; null if they are unknown. */
  older: { version: number; lacks: string[] | null }[];
}

/** Returns the fields in answers and events. */
export const shownOf = (fields: Field[]): Field[] => fields.filter(({ secret }) => !secret);

const firstOf = ([first]: ApiView[]) => first as ApiView;

export const resourcesOf = (resources: Resource[]): ResourceView[] =>
  resources.map(({ name, fields, events, apis, leaving = [], dropped = [] }) => ({
    ...resourceNames(name),
    events: resourceEvents({ name, events }),
    fields,
    shown: shownOf(fields),
    secrets: fields.filter(({ secret }) => secret),
    api: firstOf(apisOf(apis)),
    apis: apisOf(apis),
    keys: fields.filter(isListKey),
    references: referencedBy(name, fields),
    needed: [...neededBy(name, resources)].map(resourceNames),
    leaving,
    dropped,
    isReferenced: resources.some((other) => targetsOf(other.fields).includes(name)),
  }));

function neededBy(name: string, resources: Resource[], found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const resource = resources.find((each) => each.name === name);
  for (const target of targetsOf(resource?.fields ?? [])) neededBy(target, resources, found);
  return found;
}

const referencedBy = (resource: string, fields: Field[]): ReferenceView[] =>
  fields.flatMap((field) =>
    field.target === undefined
      ? []
      : [{ field, to: resourceNames(field.target), isOwn: field.target === resource }],
  );

/** Returns the copies that a service keeps from these events. */
export const copiesOf = (consumes: ConsumedEvent[]): CopyView[] =>
  consumedViews(
    consumes.filter(({ by }) => by === undefined),
    '-copy',
  ).map((view) => ({ ...view, fields: copiedFields(view.events.filter((event) => !event.removes)) }));

/** Returns the events whose definitions belong to no copy, by their aggregates. */
export const receivedOf = (consumes: ConsumedEvent[]): ConsumedView[] =>
  consumedViews(
    consumes.filter(({ by }) => by !== undefined),
    '',
  );

/** Returns the events that handlers of the owner get, by their aggregates. */
export const handlersOf = (consumes: ConsumedEvent[]): ConsumedView[] =>
  receivedOf(consumes).flatMap((view) => {
    const isHandled = ({ type }: EventView) =>
      consumes.some((event) => event.type === type && event.by === 'handler');
    const events = view.events.filter(isHandled);
    const shapes = view.shapes.filter((shape) => events.some((event) => event.shape === shape));
    return events.length === 0 ? [] : [{ ...view, events, shapes }];
  });

function consumedViews(consumes: ConsumedEvent[], ending: string): ConsumedView[] {
  const aggregates = [...new Set(consumes.map(({ aggregate }) => aggregate))];
  return aggregates.map((aggregate) => {
    const consumed = consumes.filter((event) => event.aggregate === aggregate);
    const events = toEvents(consumed, resourceNames(aggregate));
    return {
      ...resourceNames(aggregate + ending),
      aggregate: resourceNames(aggregate),
      from: consumed[0]?.from ?? '',
      topic: consumed[0]?.topic ?? '',
      events,
      shapes: [...new Set(events.map(({ shape }) => shape))],
    };
  });
}

/** Every column of a copy is nullable: a producer may drop a field later, and that must not stop the copy. */
const copiedFields = (events: EventView[]): Field[] => {
  const byName = new Map(events.flatMap(({ shape }) => shape.fields).map((field) => [field.name, field]));
  return [...byName.values()].map((field) => ({ ...field, optional: true, unique: false, index: false }));
};

/** A field that an older event can have as null is optional, too. */
const readFields = ({ fields, nullable = [] }: ConsumedEvent): Field[] =>
  fields.map((field) => (nullable.includes(field.name) ? { ...field, optional: true } : field));

/**
 * The names of the fields that each event must have. A field that can be null is not among them: its service may have added it to
 * the same version of the event, and the older events are still in Kafka. Nor is a field that older versions lack.
 */
function requiredOf({ schema, lacks = {} }: ConsumedEvent, fields: Field[]): string[] {
  const older = Object.values(lacks);
  if (older.includes(null)) return [];
  const optional = new Set([
    ...fields.filter((field) => field.optional).map(({ name }) => name),
    ...older.flatMap((names) => names ?? []),
  ]);
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  return required.filter((name) => !optional.has(name));
}

function toEvents(consumed: ConsumedEvent[], aggregate: Names): EventView[] {
  const shapes = new Map<string, ShapeView>();
  return consumed.map((event) => {
    const { type, version, lacks = {} } = event;
    const fields = readFields(event);
    const names = resourceNames(type.replaceAll(/[^a-z0-9]+/g, '-'));
    const required = requiredOf(event, fields);
    const key = JSON.stringify([fields, required]);
    const isFirst = shapes.size === 0 && fields.length > 0;
    const stem = isFirst ? aggregate : names;
    const shape = shapes.get(key) ?? {
      pascal: `${stem.pascal}Data`,
      camel: `${stem.camel}Data`,
      of: isFirst ? aggregate.kebab : type,
      fields,
      required,
    };
    shapes.set(key, shape);
    const older = Object.entries(lacks).map(([from, names]) => ({ version: Number(from), lacks: names }));
    return { type, version, name: names.camel, removes: type.endsWith('.deleted'), shape, older };
  });
}

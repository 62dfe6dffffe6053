import type { Field, ProjectionSource } from '../model/answers.ts';
import type { EventDefinitionView } from './event-definitions.ts';
import { resourceNames } from '../model/names.ts';

/** Columns that events of one aggregate write together. */
export interface ProjectionPart {
  /** `order`, or `paymentProcessed` of an event without such columns. */
  camel: string;
  snake: string;
  /** The column with the time of its last event: `orderAt`. */
  time: string;
  /** The column with the type of its last event; undefined if that says nothing. */
  eventColumn?: string | undefined;
  /** Its events have other keys than the rows: a row gets events of several keys, which have no common order. */
  isGuarded: boolean;
  columns: PartColumn[];
  sources: PartSource[];
}

export interface PartColumn {
  /** The column, with its name in responses: `paymentAmount`. */
  field: Field;
  /** The field in the data: `amount`. */
  from: string;
}

export interface PartSource {
  definition: EventDefinitionView;
  /** The field with the id of the row; undefined: the subject. */
  key?: Field | undefined;
  /** An event can lack the key. */
  isKeyOpen: boolean;
  /** The columns that this event writes. */
  columns: PartColumn[];
}

interface DefinedSource {
  source: ProjectionSource;
  definition: EventDefinitionView;
}

/** Events whose last one says nothing more than the data. */
const plainVerbs = /\.(?:created|updated|snapshot)$/;

/** Returns the parts of a row: the events of one aggregate with fields of the same names are one part. */
export function projectionParts(sources: readonly DefinedSource[]): ProjectionPart[] {
  const groups: DefinedSource[][] = [];
  for (const each of sources) {
    const group = groups.find((others) => others.some((other) => isTogether(each, other)));
    if (group) group.push(each);
    else groups.push([each]);
  }
  const first = groups[0]?.[0]?.definition.aggregate;
  const named = new Set<string>();
  return groups.map((group) => {
    const [{ definition, source }] = group as [DefinedSource];
    const isFirstOf = source.fields.length > 0 && !named.has(definition.aggregate);
    if (isFirstOf) named.add(definition.aggregate);
    const name = isFirstOf ? definition.aggregate : definition.type.replaceAll(/[^a-z0-9]+/g, '-');
    return partOf(group, resourceNames(name), definition.aggregate === first ? '' : definition.aggregate);
  });
}

const isTogether = (one: DefinedSource, other: DefinedSource) =>
  one.definition.aggregate === other.definition.aggregate &&
  one.source.key === other.source.key &&
  one.source.fields.some(({ name }) => other.source.fields.some((field) => field.name === name));

function partOf(
  group: readonly DefinedSource[],
  { camel, snake }: { camel: string; snake: string },
  prefix: string,
): ProjectionPart {
  const fields = new Map(group.flatMap(({ source }) => source.fields).map((field) => [field.name, field]));
  const columns = [...fields.values()].map((field) => ({
    field: { ...field, name: prefixed(field.name, prefix) },
    from: field.name,
  }));
  const isPlain = group.length === 1 || group.every(({ source }) => plainVerbs.test(source.type));
  return {
    ...{ camel, snake, time: `${camel}At`, columns },
    eventColumn: isPlain ? undefined : `${camel}Event`,
    isGuarded: group.some(({ source }) => source.key !== undefined),
    sources: group.map(({ source, definition }) => {
      const key = definition.fields.find(({ name }) => name === source.key);
      return {
        ...{ definition, key },
        isKeyOpen: key !== undefined && !definition.required.includes(key.name),
        columns: columns.filter(({ from }) => definition.fields.some(({ name }) => name === from)),
      };
    }),
  };
}

/** Returns the column of a field: `amount` of a payment is `paymentAmount`, and `paymentMethod` keeps its name. */
function prefixed(field: string, aggregate: string): string {
  const { camel } = resourceNames(aggregate);
  if (aggregate === '' || (field.startsWith(camel) && /[A-Z]/.test(field[camel.length] ?? ''))) return field;
  return `${camel}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

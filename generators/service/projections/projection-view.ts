import type { Field, Projection, ProjectionSource } from '../model/answers.ts';
import { resourceNames, type Names } from '../model/names.ts';
import { projectionParts, type ProjectionPart } from './projection-parts.ts';
import type { EventDefinitionView } from './event-definitions.ts';

/** A read model: the names of its routes, and its versions. */
export interface ProjectionView extends Names {
  /** The oldest first. */
  versions: ProjectionVersionView[];
  /** The columns of responses: those of all versions, since each version can be the active one. */
  columns: ProjectionColumn[];
  /** The events of the service itself, which it must name among its consumed ones. */
  own: EventDefinitionView[];
}

export interface ProjectionVersionView {
  /** The name of its file: `order-summary`, and `order-summary-v2` for a later version. */
  kebab: string;
  /** The name of its definition: `orderSummary`, `orderSummaryV2`. */
  camel: string;
  version: number;
  /** `order_summary_v1` */
  table: string;
  /** The data of its rows, without the times of the events. */
  fields: Field[];
  parts: ProjectionPart[];
  /** The event that hides a row, such as `order.deleted`; undefined if it follows none. */
  removes?: EventDefinitionView | undefined;
  /** The column by which its lists are sorted: the time of the first event. */
  time: string;
  /** The events that it follows, in their order. */
  events: EventDefinitionView[];
  /** The columns of other versions that its rows lack. */
  lacks: string[];
}

export interface ProjectionColumn {
  name: string;
  field: Field;
  /** Every version has a value in each row that it shows. */
  isRequired: boolean;
}

const timestamp = (name: string): Field => ({
  ...{ name, type: 'timestamp', unique: false, index: false },
  optional: true,
});

/** Returns the projections whose events have definitions. */
export function projectionsOf(
  projections: readonly Projection[],
  definitions: readonly EventDefinitionView[],
): ProjectionView[] {
  const names = [...new Set(projections.map(({ name }) => name))];
  return names.map((name) => {
    const versions = projections
      .filter((each) => each.name === name)
      .toSorted((one, other) => one.version - other.version)
      .map((each) => versionView(each, definitions));
    const columns = columnsOf(versions);
    return {
      ...resourceNames(name),
      columns,
      versions: versions.map((version) => {
        const own = columnsOf([version]).map((column) => column.name);
        return {
          ...version,
          lacks: columns.map((column) => column.name).filter((each) => !own.includes(each)),
        };
      }),
      own: [...new Set(versions.flatMap(({ events }) => events))].filter(({ isOwn }) => isOwn),
    };
  });
}

function versionView(
  { name, version, from }: Projection,
  definitions: readonly EventDefinitionView[],
): Omit<ProjectionVersionView, 'lacks'> {
  const { camel, snake } = resourceNames(name);
  const [first] = from;
  const sources = from.flatMap((source) => {
    const definition = definitions.find(({ type }) => type === source.type);
    return definition ? [{ source, definition }] : [];
  });
  const removing = sources.find((each) => isRemoval(each, first, definitions));
  const parts = projectionParts(sources.filter((each) => each !== removing));
  return {
    kebab: version === 1 ? name : `${name}-v${version}`,
    camel: version === 1 ? camel : `${camel}V${version}`,
    ...{ version, table: `${snake}_v${version}`, parts },
    fields: parts.flatMap(({ columns }) => columns.map(({ field }) => field)),
    removes: removing?.definition,
    time: parts[0]?.time ?? '',
    events: sources.map(({ definition }) => definition),
  };
}

/** The row of a deleted aggregate is hidden, and not deleted: a late event of another source would insert it again. */
function isRemoval(
  { source, definition }: { source: ProjectionSource; definition: EventDefinitionView },
  first: ProjectionSource | undefined,
  definitions: readonly EventDefinitionView[],
): boolean {
  const aggregate = definitions.find(({ type }) => type === first?.type)?.aggregate;
  return definition.removes && source.key === undefined && definition.aggregate === aggregate;
}

function columnsOf(versions: readonly Omit<ProjectionVersionView, 'lacks'>[]): ProjectionColumn[] {
  const fields = versions.flatMap(({ parts }) =>
    parts.flatMap((part) => [
      ...part.columns.map(({ field }) => field),
      ...(part.eventColumn === undefined ? [] : [{ ...timestamp(part.eventColumn), type: 'text' as const }]),
      timestamp(part.time),
    ]),
  );
  const byName = new Map(fields.map((field) => [field.name, field]));
  return [...byName.values()].map((field) => ({
    ...{ name: field.name, field },
    isRequired: versions.every(({ time }) => time === field.name),
  }));
}

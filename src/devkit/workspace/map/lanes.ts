import type { SystemEvent, SystemMap } from './system-map.ts';

/** A vertical line of the drawing: a topic, or an HTTP API outside of the system. */
export interface Column {
  name: string;
  kind: 'topic' | 'api';
}

/** A horizontal line of the drawing, between a service and a column. */
export interface Lane {
  column: Column;
  direction: 'publishes' | 'consumes' | 'calls';
  /** The events, such as `created, deleted v1 v2`. */
  label: string;
  /** Whether no service is at the other end of any of the events. */
  isLoose: boolean;
}

export interface DrawnRow {
  name: string;
  /** The database, the sagas and the projections. */
  details: string[];
  lanes: Lane[];
}

/** Returns the lines of the drawing. */
export function drawnLines(map: SystemMap): { columns: Column[]; rows: DrawnRow[] } {
  const apis = new Set(map.services.flatMap(({ clients }) => clients.map(({ name }) => name)));
  const columns: Column[] = [
    ...map.topics.map((name): Column => ({ name, kind: 'topic' })),
    ...[...apis].toSorted().map((name): Column => ({ name, kind: 'api' })),
  ];
  const rows = map.services.map((service) => ({
    name: service.name,
    details: [
      ...(service.database === undefined ? [] : [service.database]),
      ...service.sagas.map((saga) => `saga ${saga}`),
      ...service.projections.map((projection) => `projection ${projection}`),
    ],
    lanes: columns.flatMap((column) => lanesOf(service, column, map)),
  }));
  return { columns, rows };
}

function lanesOf({ name, clients }: SystemMap['services'][number], column: Column, map: SystemMap): Lane[] {
  if (column.kind === 'api') {
    const isCalled = clients.some((client) => client.name === column.name);
    return isCalled ? [{ column, direction: 'calls', label: 'HTTP', isLoose: false }] : [];
  }
  const ofTopic = map.events.filter(({ topic }) => topic === column.name);
  const lane = (direction: Lane['direction'], events: SystemEvent[]): Lane[] =>
    events.length === 0
      ? []
      : [{ column, direction, label: labelOf(events), isLoose: events.every(isLoose) }];
  return [
    ...lane(
      'publishes',
      ofTopic.filter(({ publishedBy }) => publishedBy.includes(name)),
    ),
    ...lane(
      'consumes',
      ofTopic.filter(({ consumedBy }) => consumedBy.includes(name)),
    ),
  ];
}

const isLoose = ({ publishedBy, consumedBy }: SystemEvent): boolean =>
  publishedBy.length === 0 || consumedBy.length === 0;

/** Events of one resource are shown with its name once: `user.created, updated`. */
function labelOf(events: SystemEvent[]): string {
  let last = '';
  return events
    .map(({ type, versions }) => {
      const resource = type.slice(0, type.lastIndexOf('.') + 1);
      const short = resource === last ? type.slice(resource.length) : type;
      last = resource;
      const isFirst = versions.length === 1 && versions[0] === 1;
      return isFirst ? short : `${short} ${versions.map((version) => `v${version}`).join(' ')}`;
    })
    .join(', ');
}

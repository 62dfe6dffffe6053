/** A table module of microservice-runtime, and the name that the migration which exports it has in a new service. */
interface RuntimeTable {
  module: string;
  name: string;
}

/** All tables of the event bus. */
const events: RuntimeTable = { module: 'events', name: '20260101000000_events' };

/** The tables of sagas, which only a service with a saga needs. */
const sagas: RuntimeTable = { module: 'sagas', name: '20260101000004_sagas' };

/** The table of a service that answers the requests of sagas. */
const sagaRequests: RuntimeTable = { module: 'saga-requests', name: '20260101000005_saga_requests' };

/** The tables of projections, which only a service with a projection needs. */
const projections: RuntimeTable = { module: 'projections', name: '20260101000006_projections' };

/** The modules that create the same tables in services that were generated before the module `events` existed. */
const parts: RuntimeTable[] = [
  { module: 'event-outbox', name: '20260101000000_event_outbox' },
  { module: 'event-inbox', name: '20260101000001_event_inbox' },
  { module: 'event-parked', name: '20260101000002_event_parked' },
  { module: 'event-inbox-2', name: '20260101000003_event_inbox_2' },
];

/**
 * The modules that no migration of a service exports. A service with one of `parts` gets the others of them, and never `events`,
 * which would create the same tables again.
 * @param files the migrations of the service: file name to text
 */
export function missingRuntimeTables(
  files: ReadonlyMap<string, string>,
  { hasSagas = false, hasParticipants = false, hasProjections = false } = {},
): RuntimeTable[] {
  const optional = [
    ...(hasSagas ? [sagas] : []),
    ...(hasParticipants ? [sagaRequests] : []),
    ...(hasProjections ? [projections] : []),
  ].filter((table) => !isThere(table, files));
  if (isThere(events, files)) return optional;
  const missing = parts.filter((table) => !isThere(table, files));
  return [...(missing.length === parts.length ? [events] : missing), ...optional];
}

/** Whether a run, or the owner under another name, wrote the migration. */
function isThere({ module, name }: RuntimeTable, files: ReadonlyMap<string, string>): boolean {
  const words = (file: string) => file.replace(/^\d+/, '');
  const exported = new RegExp(`['"]microservice-runtime/tables/${module}['"]`);
  return [...files].some(([file, text]) => words(file) === words(`${name}.ts`) || exported.test(text));
}

/** The text of the migration that exports `module`. */
export const runtimeMigration = (module: string): string =>
  `export { down, up } from 'microservice-runtime/tables/${module}';\n`;

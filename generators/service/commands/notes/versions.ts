import { fieldsOfAll, openFields } from '../../events/event-data.ts';
import { verbsOfState } from '../../events/next-state.ts';
import type { Resource } from '../../model/answers.ts';
import { resourceNames } from '../../model/names.ts';
import { type EventVersion, resourceEvents, type ResourceEvent } from '../../model/resource-events.ts';
import type { CommandCall } from '../call/command.ts';
import { spelledCall } from '../call/spelling.ts';
import { consumersOfOlder } from './consumers-of.ts';

/** Returns the notes on a new version: the remaining work of the owner, the services to change, and the command that ends it. */
export function versionNotes(
  resource: Resource,
  verb: string,
  { context: { siblings } }: CommandCall,
): string[] {
  const event = resourceEvents(resource).find(({ type }) => type === `${resource.name}.${verb}`);
  const newest = event?.versions.at(-1);
  const [oldest] = event?.versions ?? [];
  if (!event || !newest || !oldest) return [];
  const open = openFields(event, newest, { shown: resource.fields.filter(({ secret }) => !secret) });
  return [
    ...open.map(
      ({ name }) =>
        `Fill in "${name}" of version ${newest.version} in src/events/${resource.name}-publisher.ts; it is null until then.`,
    ),
    ...(event.takes === 'fields'
      ? [
          `Pass the data of all versions: await publish.${resourceNames(verb).camel}({ ${['id', ...fieldsOfAll(event).map(({ name }) => name)].join(', ')} }, trx);`,
        ]
      : []),
    ...addedValues(event, newest),
    ...consumersOfOlder(siblings, event.type, newest.version),
    `Once no service needs version ${oldest.version}, write ${spelledCall(`remove event ${event.type} --version ${oldest.version}`)}`,
  ];
}

/** One value is published in all versions. */
const addedValues = (event: ResourceEvent, { version, fields }: EventVersion): string[] =>
  fieldsOfAll(event)
    .filter(({ values = [], name }) =>
      fields.some((field) => field.name === name && (field.values ?? []).length > values.length),
    )
    .map(
      ({ name, values = [] }) =>
        `Until version ${version} is the only one, "${name}" has the values of the oldest version: ${values.join(', ')}.`,
    );

/** Returns the notes on the events of a resource whose state has a new version. */
export const eventNotes = (before: Resource, after: Resource, call: CommandCall): string[] =>
  after.events === before.events
    ? []
    : verbsOfState(after).flatMap((verb) => versionNotes(after, verb, call));

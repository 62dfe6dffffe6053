import type { Field, OwnEvent, Resource } from '../model/answers.ts';
import { resourceEvents } from '../model/resource-events.ts';

/** Returns the events of a resource whose field `from` gets the name `to`: each version keeps its name in its data. */
export const withRenamedField = (
  resource: Resource,
  { from, to }: { from: string; to: string },
): OwnEvent[] =>
  filledEvents(resource, (event, fields) => {
    const names = fields
      .map(({ name }) => [name, sourceName(event, name) === from ? to : sourceName(event, name)] as const)
      .filter(([name, source]) => name !== source);
    const { renamed: _before, ...rest } = event;
    return names.length === 0 ? rest : { ...rest, renamed: Object.fromEntries(names) };
  });

/** Returns the events of a resource that loses `field`: a version that requires the field has the default of `field` from now on. */
export const withoutField = (resource: Resource, field: Field): OwnEvent[] =>
  filledEvents(resource, (event, fields) => ({
    ...event,
    fields: fields.map((each) =>
      !each.optional && sourceName(event, each.name) === field.name
        ? { ...each, default: field.default }
        : each,
    ),
  }));

/** Changes the versions that the publisher fills from the resource. */
function filledEvents(
  resource: Resource,
  change: (event: OwnEvent, fields: Field[]) => OwnEvent,
): OwnEvent[] {
  const filled = resourceEvents(resource).filter(({ takes }) => takes === 'state');
  const types = new Set(filled.map(({ type }) => type));
  return (resource.events ?? []).map((event) =>
    event.fields && types.has(`${resource.name}.${event.verb}`) ? change(event, event.fields) : event,
  );
}

/** Returns the field of the resource that has the value of a field of an event. */
const sourceName = ({ renamed = {} }: OwnEvent, name: string): string => renamed[name] ?? name;

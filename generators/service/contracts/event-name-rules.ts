import type { ConsumedEvent, Resource } from '../model/answers.ts';
import { identifiers } from '../model/name-rules.ts';
import { copiesOf, receivedOf, type ConsumedView, type CopyView, type EventView } from '../model/view.ts';

/** The pattern that `defineEvent` of microservice-runtime accepts. */
const eventType = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/;

/** Two-word names in the files that import events; an event whose type gives the same name would hide one. */
const generated = `
  bigintString createService dateString decimalString defineEvent emailString isDeepStrictEqual isLast jsonValue pageSchemaOf
  readConfig startService textString timestampString untilStatus urlString uuidString waitFor
`;

/** Returns the reason why an event cannot have this type; undefined if it can. */
export function eventTypeFault(type: string): string | undefined {
  if (eventType.test(type)) return undefined;
  return `the event type "${type}" cannot be consumed; a service handles types of lower-case letters, digits, "_" and "-", in words joined by ".", such as user.created`;
}

/** Returns the reason why one service cannot handle these events: two parts of its code would have the same name. */
export function eventNamesFault(consumes: ConsumedEvent[], resources: Resource[]): string | undefined {
  const own = new Map(namesOf(generated).map((name) => [name, 'the generated code']));
  for (const resource of resources)
    for (const identifier of identifiers(resource)) own.set(identifier, `the resource "${resource.name}"`);
  const [copies, handlers] = [copiesOf(consumes), receivedOf(consumes)];
  const copied = new Map([...own, ...copies.flatMap(({ events }) => events.map(namedEvent))]);
  return firstTwice(copies.flatMap(namesOfCopy), own) ?? firstTwice(handlers.flatMap(namesOfHandler), copied);
}

/** Returns the fault of the first of `names` that is taken. */
function firstTwice(names: [string, string][], before: ReadonlyMap<string, string>): string | undefined {
  const taken = new Map(before);
  for (const [name, what] of names) {
    const other = taken.get(name);
    if (other !== undefined)
      return `${what} and ${other} would both be named "${name}" in the code; remove one from --consumes, or rename it`;
    taken.set(name, what);
  }
  return undefined;
}

const namedEvent = ({ type, name }: EventView): [string, string] => [name, `the event "${type}"`];

const namesOf = (text: string) => text.trim().split(/\s+/);

/** The names that the code of a copy declares besides those that `collisionFault` compares. */
function namesOfCopy({
  aggregate,
  camel,
  camelPlural,
  pascal,
  shapes,
  events,
}: CopyView): [string, string][] {
  const copy = `the copy of "${aggregate.kebab}"`;
  return [
    ...[...new Set([camel, camelPlural, `register${pascal}Consumers`])].map((name): [string, string] => [
      name,
      copy,
    ]),
    ...namesOfEvents({ shapes, events }),
  ];
}

const namesOfEvents = ({ shapes, events }: Pick<ConsumedView, 'shapes' | 'events'>): [string, string][] => [
  ...shapes.map((shape): [string, string] => [shape.camel, `the data of "${shape.of}"`]),
  ...events.map(namedEvent),
];

/** A copy of the same aggregate has its own file of events, so both can have data of one name. */
const namesOfHandler = (handler: ConsumedView): [string, string][] => [
  [`register${handler.pascal}Consumers`, `the handlers of "${handler.kebab}"`],
  ...namesOfEvents(handler),
];

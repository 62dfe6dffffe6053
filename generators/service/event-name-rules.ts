import type { ConsumedEvent, Resource } from './answers.ts';
import { identifiers } from './name-rules.ts';
import { copiesOf } from './view.ts';

/** What `defineEvent` of microservice-runtime takes. */
const eventType = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/;

/** Names of two words in the files that import events; an event whose type gives one of them would hide it. */
const generated = `
  bigintString dateString decimalString defineEvent isDeepStrictEqual isLast jsonValue pageSchemaOf registerConsumers
  startService textString timestampString untilStatus uuidString waitFor
`;

/** Why no event can have this type; nothing when one can. */
export function eventTypeFault(type: string): string | undefined {
  if (eventType.test(type)) return undefined;
  return `the event type "${type}" is not one that a service can handle: small letters, digits, "_" and "-" in words joined by ".", as in user.created`;
}

/** Why these events cannot be handled in one service: two things in its code would have one name. */
export function eventNamesFault(consumes: ConsumedEvent[], resources: Resource[]): string | undefined {
  const taken = new Map(
    generated
      .trim()
      .split(/\s+/)
      .map((name) => [name, 'the generated code']),
  );
  for (const { name } of resources)
    for (const identifier of identifiers(name)) taken.set(identifier, `the resource "${name}"`);
  const copies = copiesOf(consumes);
  for (const { aggregate, camel, camelPlural, shapes } of copies)
    for (const name of [camel, camelPlural, ...shapes.map((shape) => shape.camel)])
      taken.set(name, `the copy of "${aggregate.kebab}"`);
  for (const { type, name } of copies.flatMap(({ events }) => events)) {
    const other = taken.get(name);
    if (other !== undefined)
      return `the event "${type}" would be called "${name}" in the code, as ${other} is; they cannot stand in one service`;
    taken.set(name, `"${type}"`);
  }
  return undefined;
}

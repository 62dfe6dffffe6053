import { code, list, type Code } from '../../rendering/code.ts';
import { fits } from '../../rendering/layout/width.ts';
import { resourceNames } from '../model/names.ts';
import type { ResourceView } from '../model/view.ts';

/** A field, a route and an event that the README of a service adds to its first resource. */
interface ExampleChange {
  field: string;
  /** The path of the route, and the method of the service. */
  method: string;
  /** The first word of the route's summary. */
  summary: string;
  /** The variable of the event's definition. */
  event: string;
  /** The import of the events in the publisher, before and after the change, and the new method there: lines of a diff. */
  publisher: { removed: Code; added: Code; method: Code };
}

const changes = [
  { field: 'archived', method: 'archive', summary: 'Archive' },
  { field: 'hidden', method: 'hide', summary: 'Hide' },
  { field: 'pinned', method: 'pin', summary: 'Pin' },
];

/** Returns a change whose field the resource does not have; undefined if it has them all. */
export function exampleChange(resource: ResourceView): ExampleChange | undefined {
  const taken = new Set([
    ...resource.fields.map(({ name }) => name),
    ...resource.events.map(({ method }) => method),
  ]);
  const change = changes.find(({ field }) => !taken.has(field));
  if (!change) return undefined;
  const event = resourceNames(`${resource.kebab}-${change.field}`).camel;
  const names = resource.events.flatMap(({ versions }) => versions.map(({ name }) => name));
  const publisher = {
    removed: signed('-', importLines(names, resource)),
    added: signed('+', importLines([...names, event], resource)),
    method: signed('+', methodLines(change.field, event, resource)),
  };
  return { ...change, event, publisher };
}

const signed = (sign: string, lines: Code[]): Code =>
  list(
    lines.map((line) => (sign === '-' ? code`-${line}` : code`+${line}`)),
    code`\n`,
  );

/** As prettier formats an import. */
function importLines(names: string[], { kebab }: ResourceView): Code[] {
  const [sorted, from] = [names.toSorted(), code`from './${kebab}-events.ts';`];
  const line = code`import { ${list(sorted)} } ${from}`;
  if (fits(line.text)) return [line];
  return [code`import {`, ...sorted.map((name) => code`  ${name},`), code`} ${from}`];
}

/** As prettier formats a short function. */
function methodLines(method: string, event: string, { camel, pascal }: ResourceView): Code[] {
  const head = code`  ${method}: (${camel}: ${pascal}, trx: Knex.Transaction) =>`;
  const body = code`bus.publish(${event}.of(${camel}.id, ${camel}), trx),`;
  const line = code`${head} ${body}`;
  return fits(line.text) ? [line] : [head, code`    ${body}`];
}

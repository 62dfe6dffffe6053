import { serviceFiles } from '../../../generators/service/files.ts';
import { parseFields } from '../../../generators/service/fields/grammar.ts';
import { registrationsIn, unionsIn } from '../../../generators/service/unions.ts';
import { mergeFiles } from '../../../generators/merge/merge-files.ts';
import type { MergePlan, MergeResult, Texts } from '../../../generators/merge/plan.ts';
import { serviceAnswers } from '../../support/service-answers.ts';

/** The answers of a service that grows: resources with their fields, and the events of other services. */
export interface Grown {
  resources: Record<string, string>;
  consumes: string[];
  /** The events of the owner about "user". */
  events?: string[];
  /** The aggregates whose event "deleted" has a handler. */
  handles?: string[];
}

const rendered = new Map<string, Promise<Texts>>();

/** Returns the files of the service; the same answers are rendered once. */
export function render(grown: Grown): Promise<Texts> {
  const key = JSON.stringify(grown);
  const known = rendered.get(key);
  if (known) return known;
  const files = serviceFiles(answersOf(grown));
  rendered.set(key, files);
  return files;
}

const sorted = <Value>(entries: [string, Value][]) =>
  entries.toSorted(([one], [other]) => (one < other ? -1 : 1));

const answersOf = ({ resources, consumes, events = [], handles = [] }: Grown) =>
  serviceAnswers({
    ci: 'github',
    kubernetes: true,
    resources: sorted(Object.entries(resources)).map(([name, fields]) => ({
      name,
      fields: parseFields(fields),
      ...(name === 'user' && {
        events: events.toSorted().map((verb) => ({ verb, fields: parseFields('reason:string') })),
      }),
    })),
    consumes: [
      ...consumes.toSorted().map((aggregate) => eventOf(aggregate, 'created')),
      ...handles
        .toSorted()
        .map((aggregate) => ({ ...eventOf(aggregate, 'deleted'), by: 'handler' as const })),
    ],
  });

const eventOf = (aggregate: string, fact: string) => ({
  type: `${aggregate}.${fact}`,
  version: 1,
  topic: `${aggregate}.events`,
  aggregate,
  from: `${aggregate}-service`,
  schema: { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } },
  fields: parseFields('name:string:optional'),
});

/** Merges with the lists of the service's templates. */
export const mergeService = (
  base: Texts,
  disk: Texts,
  next: Texts,
  more: Partial<MergePlan> = {},
): Promise<MergeResult> =>
  mergeFiles({
    base,
    disk,
    next,
    versions: { before: '0.2.0', now: '0.3.0' },
    lists: unionsIn,
    registrations: registrationsIn,
    ...more,
  });

/** Returns the files after the outcomes are written. */
export function written(disk: Texts, { outcomes }: MergeResult): Map<string, string> {
  const files = new Map(disk);
  for (const { file, effect, text, from } of outcomes) {
    if (effect === 'removed') files.delete(file);
    if (from !== undefined) files.delete(from);
    if (text !== undefined) files.set(file, text);
  }
  return files;
}

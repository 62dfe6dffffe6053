import { kebabFault } from '../../outside/kebab-case.ts';
import type { Projection, ServiceAnswers } from '../model/answers.ts';
import { definitionsOf } from './event-definitions.ts';
import { identifiers, resourceNameFault } from '../model/name-rules.ts';
import { projectionsOf, type ProjectionVersionView } from './projection-view.ts';
import { sagasOf } from '../model/saga-view.ts';
import { copiesOf, receivedOf, resourcesOf } from '../model/view.ts';

type ServiceParts = Partial<Pick<ServiceAnswers, 'resources' | 'consumes' | 'sagas'>>;

/** The runtime accepts names of up to 48 characters. */
const LONGEST_PROJECTION = 40;

/** Returns the definitions of all events that a service publishes or consumes. */
export const knownEvents = ({ resources = [], consumes = [], sagas = [] }: ServiceParts) =>
  definitionsOf({
    resources: resourcesOf(resources),
    copies: copiesOf(consumes),
    received: receivedOf(consumes),
    sagas: sagasOf(sagas, resources),
  });

/** Returns the reason why a projection cannot have this name. */
export const projectionNameFault = (name: string): string | undefined =>
  kebabFault(name, 'the name of the projection') ??
  resourceNameFault(name) ??
  (name.length > LONGEST_PROJECTION
    ? `the name of the projection has ${name.length} characters; the maximum is ${LONGEST_PROJECTION}`
    : undefined);

/** Returns the reason why one service cannot have these projections. */
export function projectionsFault(
  projections: readonly Projection[],
  parts: ServiceParts,
): string | undefined {
  const { resources = [], consumes = [] } = parts;
  const taken = new Map(
    [
      ...resources.map((resource) => ({
        what: `the resource "${resource.name}"`,
        names: identifiers(resource),
      })),
      ...copiesOf(consumes).map(({ kebab, aggregate }) => ({
        what: `the copy of "${aggregate.kebab}"`,
        names: identifiers({ name: kebab }),
      })),
    ].flatMap(({ what, names }) => names.map((name): [string, string] => [name, what])),
  );
  for (const { name, versions } of namedViews(projections, parts)) {
    const clash = identifiers({ name }).find((each) => taken.has(each));
    if (clash !== undefined)
      return `the projection "${name}" and ${taken.get(clash)} would both write "${clash}"; rename one`;
    const fault = versions.map((version) => columnsFault(name, version)).find((each) => each !== undefined);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const namedViews = (projections: readonly Projection[], parts: ServiceParts) =>
  projectionsOf(projections, knownEvents(parts)).map(({ kebab, versions }) => ({ name: kebab, versions }));

/** Two columns of one name: one event would overwrite the data of another one. */
function columnsFault(name: string, { parts, version }: ProjectionVersionView): string | undefined {
  const names = [
    ...['id', 'deletedAt'],
    ...parts.flatMap((part) => [
      ...part.columns.map(({ field }) => field.name),
      ...[part.time, `${part.camel}EventId`, part.eventColumn ?? `${part.camel}Event`],
    ]),
  ];
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  return twice === undefined
    ? undefined
    : `version ${version} of the projection "${name}" would have two columns "${twice}"; follow only one of the events with this data`;
}

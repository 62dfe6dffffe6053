import { UsageError } from '../../../core/usage-error.ts';
import type { Projection, ServiceAnswers } from '../../model/answers.ts';
import type { ServiceContext } from '../../service-context.ts';
import { spelledCall } from '../call/spelling.ts';

/** Returns the names that `remove` accepts: each projection, and its versions if it has several. */
export function versionNames(projections: readonly Projection[]): string[] {
  const names = [...new Set(projections.map(({ name }) => name))];
  return names.flatMap((name) => {
    const versions = projections.filter((each) => each.name === name);
    return [name, ...(versions.length > 1 ? versions.map(({ version }) => `${name}.v${version}`) : [])];
  });
}

/** Returns the answers without a projection or a version of one, and without the events that only it followed. */
export function withoutProjection(
  answers: ServiceAnswers,
  removed: string,
  { notes }: ServiceContext,
): ServiceAnswers {
  const isRemoved = ({ name, version }: Projection) => removed === name || removed === `${name}.v${version}`;
  const projections = answers.projections.filter((each) => !isRemoved(each));
  for (const { name, version } of answers.projections.filter(isRemoved))
    notes.push(
      `The table of version ${version} and its migration stay. Once no running release defines it: npx microservice-runtime projections drop ${name} --version ${version} --yes`,
    );
  return { ...answers, projections, consumes: followed(answers.consumes, projections) };
}

/** Returns the events without those that only removed projections followed. */
const followed = (
  consumes: ServiceAnswers['consumes'],
  projections: readonly Projection[],
): ServiceAnswers['consumes'] =>
  consumes.filter(({ type, by }) => by !== 'projection' || isFollowed(projections, type));

/** Reports whether a projection follows an event. */
export const isFollowed = (projections: readonly Projection[], event: string): boolean =>
  projections.some(({ from }) => from.some(({ type }) => type === event));

/** Throws a UsageError if a projection follows an event that is to be removed. */
export function refuseFollowed(
  projections: readonly Projection[],
  isRemoved: (event: string) => boolean,
): void {
  for (const { name, from } of projections) {
    const source = from.find(({ type }) => isRemoved(type));
    if (source)
      throw new UsageError(
        `the projection "${name}" follows the event "${source.type}"; first write ${spelledCall(`remove projection ${name}`)}`,
      );
  }
}

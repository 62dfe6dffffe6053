import type { StoredVersion } from '../store/versions.ts';

/** An operation on a projection is impossible; the message names the remedy. */
export class ProjectionError extends Error {
  override name = 'ProjectionError';
}

/** Returns a version; throws a `ProjectionError` if the projection or the version is unknown. */
export function versionIn(
  versions: readonly StoredVersion[],
  projection: string,
  version: number,
): StoredVersion {
  if (versions.length === 0)
    throw new ProjectionError(
      `projection ${projection} is unknown; see microservice-runtime projections list. A projection is registered when its service starts`,
    );
  const found = versions.find((each) => each.version === version);
  if (found) return found;
  throw new ProjectionError(
    `projection ${projection} has no version ${version}; its versions are ${versions.map((each) => each.version).join(', ')}`,
  );
}

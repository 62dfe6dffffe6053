import { didYouMean } from '../../core/suggest.ts';
import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import type { Ask } from '../../questions/question.ts';
import type { Resource } from '../model/answers.ts';

/** Returns the resource with this name. Throws a UsageError that lists those of the service. */
export function findResource(resources: readonly Resource[], name: string): Resource {
  const found = resources.find((each) => each.name === name);
  if (found) return found;
  throw unknownPart(
    'resource',
    name,
    resources.map((each) => each.name),
  );
}

/** Asks for one of the resources. */
export const chooseResource = (
  ask: Ask,
  message: string,
  resources: readonly Resource[],
): Promise<Resource> =>
  ask.choose({ message, choices: resources.map((each) => ({ name: each.name, value: each })) });

/** The error for a name that no part of this kind has; `names` are those of the present parts. */
export const unknownPart = (kind: string, name: string, names: readonly string[]): UsageError =>
  new UsageError(
    `the service has no ${kind} ${seen(name)}.${didYouMean(name, names)} It has: ${names.join(', ')}`,
  );

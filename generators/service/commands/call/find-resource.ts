import type { Ask } from '../../../questions/question.ts';
import type { Resource } from '../../model/answers.ts';
import { unknownPart } from './spelling.ts';

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

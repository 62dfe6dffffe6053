import { didYouMean } from '../../core/suggest.ts';
import type { Field, Resource } from './answers.ts';

/** Returns the reason why the resources of one service cannot reference each other like this; undefined if they can. */
export function referencesFault(resources: Resource[]): string | undefined {
  const names = resources.map(({ name }) => name);
  const all = resources.flatMap(({ name, fields }) => fields.map((field) => ({ name, field })));
  return (
    all.map(({ name, field }) => referenceFault(name, field, names)).find((fault) => fault !== undefined) ??
    circleFault(resources)
  );
}

function referenceFault(resource: string, { name, target, optional }: Field, names: string[]) {
  if (target === undefined) return undefined;
  if (!names.includes(target))
    return (
      `the field "${name}" of "${resource}" references "${target}", but the service has no such resource.${didYouMean(target, names)} ` +
      `It has: ${names.join(', ')}. Each service has its own database: for a resource of another service write ${name}:uuid, and consume its events`
    );
  if (target === resource && !optional)
    return `the field "${name}" references its own resource "${resource}", so the first row has no value for it; add ":optional"`;
  return undefined;
}

/** The tables of a circle could not be created one after the other, and neither could their first rows. */
function circleFault(resources: Resource[]): string | undefined {
  const sorted = inOrderOfReferences(resources, ({ name, fields }) => ({ name, targets: targetsOf(fields) }));
  const place = new Map(sorted.map(({ name }, index) => [name, index]));
  for (const { name, fields } of resources)
    for (const target of targetsOf(fields))
      if (target !== name && (place.get(target) ?? 0) > (place.get(name) ?? 0))
        return `the resources "${name}" and "${target}" reference each other, directly or through others; make one of the references a uuid`;
  return undefined;
}

export const targetsOf = (fields: readonly Field[]): string[] =>
  fields.flatMap(({ target }) => (target === undefined ? [] : [target]));

/** Sorts elements so that each comes after those that it references, and otherwise keeps their order. */
export function inOrderOfReferences<Element>(
  elements: readonly Element[],
  of: (element: Element) => { name: string; targets: readonly string[] },
): Element[] {
  const sorted = new Set<Element>();
  const visited = new Set<Element>();
  const visit = (element: Element) => {
    if (visited.has(element)) return;
    visited.add(element);
    const { targets } = of(element);
    for (const other of elements) if (targets.includes(of(other).name)) visit(other);
    sorted.add(element);
  };
  for (const element of elements) visit(element);
  return [...sorted];
}

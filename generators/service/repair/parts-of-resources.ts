import { grammarFault, parseFields } from '../fields/grammar.ts';

/** A resource as `.yo-rc.json` stores it. */
interface StoredResource {
  name: string;
  fields: string;
}

/** The stored answers that name resources. */
interface ResourceParts {
  resources?: StoredResource[];
  events?: { type: string }[];
  apis?: { resource: string; version: number }[];
}

/**
 * Returns merged answers in which each part has its resource, although one branch removed the resource: a resource that another one
 * references stays, as `branches` have it, and other parts of a removed resource go. Reports each decision to `note`.
 */
export function withWholeResources(
  answers: ResourceParts,
  branches: readonly ResourceParts[],
  note: (line: string) => void,
): ResourceParts {
  const resources = withReferenced(answers.resources ?? [], branches, note);
  const isPresent = (resource: string) => resources.some(({ name }) => name === resource);
  const drop = (resource: string, part: string) => {
    if (!isPresent(resource))
      note(
        `One branch removed the resource "${resource}", and the other one has ${part}; .yo-rc.json keeps neither.`,
      );
    return isPresent(resource);
  };
  const { events, apis } = answers;
  return withoutEmpty({
    ...answers,
    ...(answers.resources && { resources }),
    events: events?.filter(({ type }) => drop(type.split('.')[0] ?? '', `its event "${type}"`)),
    apis: apis?.filter(({ resource, version }) => drop(resource, `version ${version} of its routes`)),
  });
}

/** An answer without elements is not stored. */
const withoutEmpty = ({
  events,
  apis,
  ...others
}: ResourceParts & { events: unknown; apis: unknown }): ResourceParts => ({
  ...others,
  ...(events?.length && { events }),
  ...(apis?.length && { apis }),
});

function withReferenced(
  resources: StoredResource[],
  branches: readonly ResourceParts[],
  note: (line: string) => void,
): StoredResource[] {
  const all = [...resources];
  for (const { name, fields } of all) {
    for (const target of targetsIn(fields)) {
      if (all.some((each) => each.name === target)) continue;
      const removed = branches
        .flatMap((branch) => branch.resources ?? [])
        .find((each) => each.name === target);
      if (!removed) continue;
      all.push(removed);
      note(
        `One branch removed the resource "${target}", and "${name}" of the other one references it; .yo-rc.json keeps both.`,
      );
    }
  }
  return all;
}

const targetsIn = (fields: string): string[] =>
  grammarFault(fields) === undefined ? parseFields(fields).flatMap(({ target }) => target ?? []) : [];

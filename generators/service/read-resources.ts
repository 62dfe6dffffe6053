import type { GivenFlag } from '../questions/question.ts';
import { UsageError } from '../core/usage-error.ts';
import { seen } from '../outside/seen.ts';
import { added, refuseRemoval } from './later-answers.ts';
import type { Field, Resource, ServiceAnswers } from './model/answers.ts';
import { fieldGrammar, formatFields, parseFields } from './fields/grammar.ts';
import { resourceNameFault } from './model/name-rules.ts';
import { singularOf } from './model/plurals.ts';
import type { ServiceContext } from './service-context.ts';

export const defaultFields = 'name:string';

interface Pair {
  /** Undefined for `--fields` without a `--resource`. */
  name?: string;
  fields?: string;
}

/**
 * Converts `--resource` and `--fields`, which follows its `--resource`, and adds them to the resources of an earlier run. Without any
 * `--resource`, the fields are those of the only resource of that run, else of the default resource.
 */
export function readResources(
  given: GivenFlag[],
  { name: service }: Partial<ServiceAnswers>,
  context: ServiceContext,
  before: Resource[] = [],
): Resource[] {
  const none = given.find(({ flag }) => flag === 'resources');
  const flags = given.filter((each) => each !== none);
  if (none) return readNone(none, flags, before);
  const pairs = flags.reduce<Pair[]>(addFlag, []);
  const read = pairs.flatMap(({ name, fields }): Resource[] => {
    if (name !== undefined) return [{ name, fields: fieldsOf(name, fields, before) }];
    if (pairs.length > 1) throw new UsageError(outOfOrder(fields));
    if (before.length > 1) throw new UsageError(ambiguous(fields, before));
    const known = before[0]?.name;
    if (known !== undefined) return [{ name: known, fields: fieldsOf(known, fields, before) }];
    // Without a name, the run fails with an error about the name.
    return service === undefined ? [] : [defaultResource(service, context, fields)];
  });
  return added(
    before,
    read.map((resource) => ({ ...before.find((each) => isNamesake(each, resource)), ...resource })),
    isNamesake,
  );
}

const isNamesake = (one: Resource, other: Resource) => one.name === other.name;

function readNone(none: GivenFlag, flags: GivenFlag[], before: Resource[]): Resource[] {
  if (none.value === true)
    throw new UsageError('unknown flag --resources; use --resource <name>, or --no-resources');
  if (flags.length > 0) throw new UsageError(`--no-resources and --${flags[0]?.flag} exclude each other`);
  refuseRemoval(
    'resources',
    `has the ${before.length > 1 ? 'resources' : 'resource'}`,
    before.map(({ name }) => name),
  );
  return [];
}

function addFlag(pairs: Pair[], { flag, value }: GivenFlag): Pair[] {
  const current = pairs.at(-1);
  if (flag === 'resource') return [...pairs, { name: String(value) }];
  const fields = [current?.fields, String(value)].filter((text) => text !== undefined).join(' ');
  return [...pairs.slice(0, -1), { ...current, fields }];
}

const outOfOrder = (fields = '') =>
  `--fields ${seen(fields)} comes before any --resource; put it after the --resource that has these fields`;

const ambiguous = (fields = '', before: Resource[]) =>
  `--fields ${seen(fields)} is given without --resource, and the service has several resources: ${before.map(({ name }) => name).join(', ')}; put --resource <name> before --fields`;

/** Returns the fields of a resource: those of the earlier run, in which the given ones replace their namesakes, then the others. */
function fieldsOf(name: string, text: string | undefined, before: Resource[] = []): Field[] {
  const fault = resourceNameFault(name);
  if (fault) throw new UsageError(`--resource: ${fault}`);
  const known = before.find((resource) => resource.name === name)?.fields;
  if (text === undefined && known) return known;
  if (text === undefined)
    throw new UsageError(`--resource ${name} has no fields; add --fields "${fieldGrammar} ..."`);
  try {
    const fields = added(known ?? [], parseFields(text), (one, other) => one.name === other.name);
    return parseFields(formatFields(fields));
  } catch (error) {
    throw new UsageError(`--fields of ${name}: ${(error as Error).message}`);
  }
}

/**
 * Returns the resource of a service for which no other one is given: it has the name of the service, in the singular. Throws a
 * UsageError that asks for a name if this cannot be the name of a resource.
 */
export function defaultResource(service: string, { notes }: ServiceContext, fields?: string): Resource {
  const name = singularOf(service) ?? service;
  const fault = resourceNameFault(name);
  if (fault) {
    const remedy =
      fields === undefined
        ? `Add --resource <name> --fields "${defaultFields}", or --no-resources`
        : 'Put --resource <name> before --fields';
    throw new UsageError(`the resource of "${service}" needs a name of its own: ${fault}. ${remedy}`);
  }
  if (name !== service)
    notes.push(
      `The resource is named "${name}", the singular of "${service}"; --resource <name> chooses another name.`,
    );
  return { name, fields: fieldsOf(name, fields ?? defaultFields) };
}

import type { Ask, GivenFlag, Question } from '../questions/question.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Resource, ServiceAnswers } from './model/answers.ts';
import { fieldGrammar, grammarFault, parseFields } from './model/field-grammar.ts';
import { collisionFault, resourceNameFault } from './model/name-rules.ts';
import type { ServiceContext } from './service-context.ts';
import { settleSecrets } from './settle-secrets.ts';
import { tablesFault } from './model/table-rules.ts';
import { resourcesOf } from './model/view.ts';

const defaultFields = 'name:string';

/** Asks for the resources of the service. Each `--resource` is followed by its `--fields`; both can be repeated. */
export const resourcesQuestion: Question<ServiceAnswers, ServiceContext, 'resources'> = {
  name: 'resources',
  flags: [
    {
      name: 'resource',
      value: '<name>',
      help: 'a resource of the service, singular; repeatable',
      many: true,
    },
    { name: 'fields', value: '<fields>', help: `fields of that resource: "${fieldGrammar} ..."`, many: true },
    { name: 'resources', help: '', no: 'no resource; the service only handles events' },
  ],
  defaultHelp: `one, named like the service, with the fields "${defaultFields}"`,
  read: (given) => readResources(given),
  default: ({ name }) =>
    // Without a name, the run fails with an error about the name.
    name === undefined ? [] : [{ name, fields: parseFields(defaultFields) }],
  check: (resources, { name }, { siblings }) =>
    resources.map((resource) => resourceNameFault(resource.name)).find((fault) => fault !== undefined) ??
    collisionFault(resources, []) ??
    tablesFault(resourcesOf(resources), []) ??
    ownerFault(resources, name, siblings),
  ask: askResources,
  settle: (resources, { notes }, { ask, before = [] }) => settleSecrets(resources, { ask, before, notes }),
};

function readResources(given: GivenFlag[]): Resource[] {
  const none = given.find(({ flag }) => flag === 'resources');
  const pairs = given.filter((each) => each !== none);
  if (none?.value === true)
    throw new UsageError('unknown flag --resources; use --resource <name>, or --no-resources');
  if (none && pairs.length > 0) throw new UsageError('--no-resources and --resource exclude each other');
  const resources: { name: string; fields?: string }[] = [];
  for (const { flag, value } of pairs) addPair(resources, flag, String(value));
  return resources.map(({ name, fields }) => ({ name, fields: fieldsOf(name, fields) }));
}

function addPair(resources: { name: string; fields?: string }[], flag: string, value: string): void {
  const current = resources.at(-1);
  if (flag === 'resource') resources.push({ name: value });
  else if (!current)
    throw new UsageError(
      `--fields "${value}" comes before any --resource; put it after the --resource that has these fields`,
    );
  else current.fields = [current.fields, value].filter((text) => text !== undefined).join(' ');
}

function fieldsOf(name: string, text: string | undefined) {
  const fault = resourceNameFault(name);
  if (fault) throw new UsageError(`--resource: ${fault}`);
  if (text === undefined)
    throw new UsageError(`--resource ${name} has no fields; add --fields "${fieldGrammar} ..."`);
  try {
    return parseFields(text);
  } catch (error) {
    throw new UsageError(`--fields of ${name}: ${(error as Error).message}`);
  }
}

/** Checks that each aggregate has one owner: consumers could not distinguish events of one type from two services. */
function ownerFault(
  resources: Resource[],
  service: string | undefined,
  siblings: ServiceContext['siblings'],
) {
  for (const { folder, answers } of siblings) {
    const theirs = Array.isArray(answers['resources']) ? (answers['resources'] as Partial<Resource>[]) : [];
    const shared = resources.find(({ name }) => theirs.some((resource) => resource.name === name));
    if (!shared || answers['name'] === service) continue;
    const owner = folder.split(/[\\/]/).at(-1);
    return `${owner} already owns the resource "${shared.name}" and its topic; choose another name, or consume its events with --consumes`;
  }
  return undefined;
}

async function askResources(ask: Ask, { name }: Partial<ServiceAnswers>): Promise<Resource[]> {
  const resources: Resource[] = [];
  let more = await ask.confirm({
    message: 'Does it own a resource, with a table and routes?',
    default: true,
  });
  while (more) {
    resources.push(await askResource(ask, resources.length === 0 ? name : undefined, resources));
    more = await ask.confirm({ message: 'Another resource?', default: false });
  }
  return resources;
}

async function askResource(ask: Ask, proposed: string | undefined, others: Resource[]): Promise<Resource> {
  const nameFault = (text: string) =>
    resourceNameFault(text.trim()) ?? collisionFault([...others, { name: text.trim(), fields: [] }], []);
  const name = await ask.text({
    message: 'Its name, singular',
    ...(proposed !== undefined && !nameFault(proposed) && { default: proposed }),
    validate: (text) => nameFault(text) ?? true,
  });
  const fields = await ask.text({
    message: `Its fields, each ${fieldGrammar}`,
    default: defaultFields,
    validate: (text) => grammarFault(text) ?? true,
  });
  return { name: name.trim(), fields: parseFields(fields) };
}

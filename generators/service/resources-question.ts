import type { Ask, Question } from '../questions/question.ts';
import type { Resource, ServiceAnswers } from './model/answers.ts';
import { fieldExample, fieldGrammar, grammarFault, modifierNames, parseFields } from './fields/grammar.ts';
import { typeForms } from './fields/type-arguments.ts';
import { collisionFault, proposedResource, resourceNameFault } from './model/name-rules.ts';
import { defaultFields, defaultResource, readResources } from './read-resources.ts';
import type { ServiceContext } from './service-context.ts';
import { settleSecrets } from './settle-secrets.ts';
import { ownEventsFault } from './events/own-event-rules.ts';
import { referencesFault } from './model/reference-rules.ts';
import { tablesFault } from './model/table-rules.ts';
import { resourcesOf } from './model/view.ts';
import { unlistedFields } from './unlisted-fields.ts';

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
    {
      name: 'fields',
      value: '<fields>',
      help: `fields of that resource, such as "${fieldExample}"`,
      many: true,
    },
    { name: 'resources', help: '', no: 'no resource; the service only handles events' },
  ],
  defaultHelp: `one, named like the service but singular, with the fields "${defaultFields}"`,
  read: readResources,
  default: ({ name }, context) =>
    // Without a name, the run fails with an error about the name.
    name === undefined ? [] : [defaultResource(name, context)],
  check: (resources, { name }, { siblings }) =>
    resources.map((resource) => resourceNameFault(resource.name)).find((fault) => fault !== undefined) ??
    resources.map(ownEventsFault).find((fault) => fault !== undefined) ??
    collisionFault(resources, []) ??
    referencesFault(resources) ??
    tablesFault(resourcesOf(resources), []) ??
    ownerFault(resources, name, siblings),
  ask: askResources,
  settle: async (resources, { notes }, { ask, before = [] }) => {
    const settled = await settleSecrets(resources, { ask, before, notes });
    notes.push(...unlistedFields(settled, before));
    return settled;
  },
};

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

async function askResources(ask: Ask, { name = '' }: Partial<ServiceAnswers>): Promise<Resource[]> {
  const resources: Resource[] = [];
  const proposed = proposedResource(name);
  let more = await ask.confirm({
    message: 'Does it own a resource, with a table and routes?',
    default: true,
  });
  while (more) {
    resources.push(await askResource(ask, resources.length === 0 ? proposed : {}, resources));
    more = await ask.confirm({ message: 'Another resource?', default: false });
  }
  return resources;
}

/** The question for the fields; the last line is the one in which the user types. */
export const fieldsMessage = [
  `Its fields, separated by spaces or commas: ${fieldGrammar}`,
  `  types: ${typeForms.join(', ')}`,
  `  modifiers: ${modifierNames}`,
  `  example: ${fieldExample}`,
  '  fields:',
].join('\n');

/** Asks for the name and the fields of one more resource. */
export async function askResource(
  ask: Ask,
  { name: proposed = '', why }: ReturnType<typeof proposedResource>,
  others: Resource[],
): Promise<Resource> {
  const nameFault = (text: string) =>
    resourceNameFault(text.trim()) ?? collisionFault([...others, { name: text.trim(), fields: [] }], []);
  const name = await ask.text({
    message: why === undefined ? 'Its name, singular' : `${why}\n  Its name, singular`,
    ...(!nameFault(proposed) && { default: proposed }),
    validate: (text) => nameFault(text) ?? true,
  });
  const fields = await ask.text({
    message: fieldsMessage,
    default: defaultFields,
    validate: (text) => grammarFault(text) ?? true,
  });
  return { name: name.trim(), fields: parseFields(fields) };
}

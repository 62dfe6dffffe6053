import { UsageError } from '../../core/usage-error.ts';
import type { Resource, ServiceAnswers } from '../model/answers.ts';
import { fieldExample, fieldGrammar, parseFields } from '../fields/grammar.ts';
import { resourceNameFault } from '../model/name-rules.ts';
import { resourceNames } from '../model/names.ts';
import { targetsOf } from '../model/reference-rules.ts';
import { defaultFields } from '../read-resources.ts';
import { askResource, fieldsMessage } from '../resources-question.ts';
import type { Command, CommandCall } from './call/command.ts';
import { consumersOf } from './notes/consumers-of.ts';
import { textsOf } from './call/given.ts';
import { apiFlags, withoutApi, withApi } from './api-version.ts';
import { findResource } from './call/find-resource.ts';
import { askFields } from './call/ask-fields.ts';
import { missing, spelledCall } from './call/spelling.ts';
import { refuseFollowed } from './projection/removal.ts';
import { refuseStarts } from './saga/starts.ts';

const example = `resource order --fields "code:string:unique total:decimal"`;

export const resource: Command = {
  name: 'resource',
  words: '<name>',
  mostWords: 1,
  description: 'a resource with its table, migration, routes, events and tests',
  flags: [
    { name: 'fields', value: '<fields>', help: `its fields, such as "${fieldExample}"`, many: true },
    ...apiFlags,
  ],
  examples: [
    [example, 'adds the resource "order"'],
    [`${example} --dry-run`, 'shows the changes, and writes nothing'],
    ['resource order --api v2', 'adds /v2/orders over the same service'],
    ['resource order --retire v1 --sunset 2027-06-30', 'announces the end of /v1/orders'],
  ],
  parts: {
    namesIn: ({ resources }) => [
      ...resources.map(({ name }) => name),
      ...resources.flatMap(({ name, apis = [] }) =>
        apis.filter(({ version }) => version > 1).map(({ version }) => `${name}.v${version}`),
      ),
    ],
    without: (answers, name, { notes, siblings }) => {
      const [resource = '', version] = name.split('.');
      if (version !== undefined) return replaced(answers, resource, (before) => withoutApi(before, version));
      refuseReferenced(answers.resources, name);
      refuseStarts(answers.sagas, (event) => event.startsWith(`${name}.`));
      refuseFollowed(answers.projections, (event) => event.startsWith(`${name}.`));
      notes.push(stays(name), ...consumersOf(siblings, name, ({ aggregate }) => aggregate === name));
      return { ...answers, resources: answers.resources.filter((each) => each.name !== name) };
    },
  },
  async change(answers, call) {
    const before = answers.resources.find(({ name }) => name === call.words[0]);
    const versioned = before && withApi(before, call);
    if (versioned) return replaced(answers, versioned.name, () => versioned);
    const flag = apiFlags.find(({ name }) => textsOf(call, name) !== undefined);
    if (flag) findResource(answers.resources, call.words[0] ?? '');
    return { ...answers, resources: [...answers.resources, await newResource(answers, call)] };
  },
};

function replaced(
  answers: ServiceAnswers,
  name: string,
  change: (resource: Resource) => Resource,
): ServiceAnswers {
  return {
    ...answers,
    resources: answers.resources.map((each) => (each.name === name ? change(each) : each)),
  };
}

async function newResource({ resources }: ServiceAnswers, call: CommandCall): Promise<Resource> {
  const [name] = call.words;
  const fields = textsOf(call, 'fields');
  if (name === undefined && call.ask && fields === undefined) return askResource(call.ask, {}, resources);
  if (name === undefined) throw missing('the resource needs a name', example);
  const fault = resourceNameFault(name);
  if (fault !== undefined) throw new UsageError(fault);
  if (resources.some((each) => each.name === name)) throw new UsageError(existing(name));
  if (fields !== undefined) return { name, fields: parseFields(fields) };
  if (call.ask) return { name, fields: await askFields(call.ask, fieldsMessage, defaultFields) };
  if (call.yes) return { name, fields: parseFields(defaultFields) };
  throw new UsageError(
    `the resource "${name}" has no fields; write ${spelledCall(`resource ${name} --fields "${fieldGrammar} ..."`)}, or add --yes for "${defaultFields}"`,
  );
}

/** A foreign key protects the rows that other resources reference. */
function refuseReferenced(resources: Resource[], name: string): void {
  const others = resources.filter((other) => other.name !== name && targetsOf(other.fields).includes(name));
  if (others.length === 0) return;
  const fields = others.flatMap((other) =>
    other.fields.filter(({ target }) => target === name).map((field) => `"${field.name}" of "${other.name}"`),
  );
  const calls = others.map((other) => spelledCall(`remove resource ${other.name}`));
  throw new UsageError(
    `the resource "${name}" cannot be removed, since these fields reference it: ${fields.join(', ')}; first write ${calls.join(' and ')}`,
  );
}

const existing = (name: string) =>
  `the service has the resource "${name}" already; to add fields to it, write ${spelledCall(`field ${name} --fields "note:text:optional"`)}`;

const stays = (name: string) =>
  `The table "${resourceNames(name).table}", its migrations and seeds/${name}.ts stay. Drop the table in your own migration once no running release uses it.`;

import { UsageError } from '../../core/usage-error.ts';
import type { Resource, ServiceAnswers } from '../model/answers.ts';
import { fieldExample, fieldGrammar, parseFields } from '../fields/grammar.ts';
import { resourceNameFault } from '../model/name-rules.ts';
import { resourceNames } from '../model/names.ts';
import { defaultFields } from '../read-resources.ts';
import { askResource, fieldsMessage } from '../resources-question.ts';
import type { Command, CommandCall } from './command.ts';
import { consumersOf } from './consumers-of.ts';
import { textsOf } from './given.ts';
import { askFields } from './ask-fields.ts';
import { missing, spelledCall } from './spelling.ts';

const example = `resource order --fields "code:string:unique total:decimal"`;

export const resource: Command = {
  name: 'resource',
  words: '<name>',
  mostWords: 1,
  description: 'a resource with its table, migration, routes, events and tests',
  flags: [{ name: 'fields', value: '<fields>', help: `its fields, such as "${fieldExample}"`, many: true }],
  examples: [
    [example, 'adds the resource "order"'],
    [`${example} --dry-run`, 'shows the changes, and writes nothing'],
  ],
  parts: {
    namesIn: ({ resources }) => resources.map(({ name }) => name),
    without: (answers, name, { notes, siblings }) => {
      notes.push(stays(name), ...consumersOf(siblings, name, ({ aggregate }) => aggregate === name));
      return { ...answers, resources: answers.resources.filter((each) => each.name !== name) };
    },
  },
  change: async (answers, call) => ({
    ...answers,
    resources: [...answers.resources, await newResource(answers, call)],
  }),
};

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

const existing = (name: string) =>
  `the service has the resource "${name}" already; to add fields to it, write ${spelledCall(`field ${name} --fields "note:text:optional"`)}`;

const stays = (name: string) =>
  `The table "${resourceNames(name).table}", its migrations and seeds/${name}.ts stay. Drop the table in your own migration once no running release uses it.`;

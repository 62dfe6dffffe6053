import { UsageError } from '../../core/usage-error.ts';
import { yoRcFile } from '../../output/yo-rc.ts';
import type { Field, Resource, ServiceAnswers } from '../model/answers.ts';
import { grammarFault, parseFields } from '../fields/grammar.ts';
import { writtenType } from '../model/field-form.ts';
import { fieldsFault } from '../model/name-rules.ts';
import { resourceNames } from '../model/names.ts';
import { runs } from '../model/package-managers.ts';
import { fieldsMessage } from '../resources-question.ts';
import { askFields } from './ask-fields.ts';
import type { Command, CommandCall } from './command.ts';
import { chooseResource, findResource } from './find-resource.ts';
import { textsOf } from './given.ts';
import { missing, spelledCall } from './spelling.ts';

const example = 'field order --fields "note:text:optional"';

export const field: Command = {
  name: 'field',
  words: '<resource>',
  mostWords: 1,
  description: 'optional fields of a resource, with a new migration',
  flags: [{ name: 'fields', value: '<fields>', help: 'the new fields, each optional', many: true }],
  examples: [[example, 'adds the field "note" to the resource "order"']],
  async change(answers, call) {
    const resource = await resourceOf(answers, call);
    const added = await fieldsOf(resource, answers, call);
    const changed = { ...resource, fields: [...resource.fields, ...added] };
    return { ...answers, resources: answers.resources.map((each) => (each === resource ? changed : each)) };
  },
};

async function resourceOf({ resources }: ServiceAnswers, { words: [name], ask }: CommandCall) {
  if (resources.length === 0)
    throw missing('the service has no resource; first add one', 'resource order --fields "code:string"');
  if (name !== undefined) return findResource(resources, name);
  if (ask) return chooseResource(ask, 'Fields of which resource?', resources);
  const names = resources.map((each) => each.name).join(', ');
  throw missing(`the name of the resource is missing (${names})`, example);
}

async function fieldsOf(resource: Resource, answers: ServiceAnswers, call: CommandCall): Promise<Field[]> {
  const text = textsOf(call, 'fields');
  const faultOf = (added: Field[]) =>
    fieldsFault([...resource.fields, ...added]) ?? requiredFault(added, resource, answers);
  if (text === undefined && call.ask)
    return askFields(
      call.ask,
      fieldsMessage,
      undefined,
      (typed) => grammarFault(typed) ?? faultOf(parseFields(typed)),
    );
  if (text === undefined)
    throw missing('the new fields are missing', `field ${resource.name} --fields "note:text:optional"`);
  const added = parseFields(text);
  const fault = faultOf(added);
  if (fault !== undefined) throw new UsageError(fault);
  return added;
}

/** Existing rows have no value for a new field. */
function requiredFault(added: Field[], { name }: Resource, { packageManager }: ServiceAnswers) {
  const required = added.find(({ optional }) => !optional);
  if (!required) return undefined;
  const [{ table }, written] = [resourceNames(name), `${required.name}:${writtenType(required)}`];
  return (
    `the field "${required.name}" cannot be required, since the rows of the table "${table}" have no value for it; ` +
    `write ${spelledCall(`field ${name} --fields "${written}:optional"`)}. To require it later, fill the column and make it NOT NULL in your own ` +
    `migration (${runs[packageManager]} db:make), delete ":optional" of the field under "tables" and "resources" in ${yoRcFile}, then write ${spelledCall('update')}`
  );
}

import { UsageError } from '../../core/usage-error.ts';
import type { Resource, ServiceAnswers } from '../model/answers.ts';
import type { Command, CommandCall } from './call/command.ts';
import { eventNotes } from './notes/versions.ts';
import { withFields } from './field/addition.ts';
import { askChange } from './field/question.ts';
import { withRemoval } from './field/removal.ts';
import { withRename } from './field/rename.ts';
import { chooseResource, findResource } from './call/find-resource.ts';
import { isGiven, textsOf } from './call/given.ts';
import { missing } from './call/spelling.ts';

const example = 'field order --fields "note:text:optional"';
const backfillExample = 'field order --fields "label:string" --backfill "upper(code)"';

export const field: Command = {
  name: 'field',
  words: '<resource>',
  mostWords: 1,
  description: 'fields of a resource, with new migrations',
  flags: [
    {
      name: 'fields',
      value: '<fields>',
      help: 'the new fields; a required one needs a default or --backfill',
      many: true,
    },
    { name: 'backfill', value: '<sql>', help: 'the value of the present rows, such as "lower(email)"' },
    { name: 'require', value: '<field>', help: 'makes an optional field required; needs --backfill' },
    { name: 'rename', value: '<field>:<name>', help: 'gives a field another name, over two releases' },
    { name: 'remove', value: '<field>', help: 'removes a field, over two releases' },
    {
      name: 'default',
      value: '<value>',
      help: 'with --remove: the value of a required field in the rows of the new release',
    },
    { name: 'finish', help: 'with --rename or --remove, in the next release: drops the earlier column' },
  ],
  examples: [
    [example, 'adds the field "note" to the resource "order"'],
    ['field order --fields "status:string:default(open)"', 'adds a required field with a default'],
    [backfillExample, 'adds a required field, with a value for each row'],
    [`field order --require note --backfill "'none'"`, 'makes the field "note" required'],
    ['field order --rename note:remark', 'gives the field "note" the name "remark"'],
    ['field order --rename note:remark --finish', 'drops the column "note" in the next release'],
    ['field order --remove note', 'removes the field "note"'],
  ],
  async change(answers, call) {
    const resource = await resourceOf(answers, call);
    const changed = await changedResource(resource, call);
    return { ...answers, resources: answers.resources.map((each) => (each === resource ? changed : each)) };
  },
};

/** The flags that each state one change. */
const changes = ['fields', 'require', 'rename', 'remove'] as const;

async function changedResource(resource: Resource, given: CommandCall): Promise<Resource> {
  const call = await withChange(resource, given);
  refuseStrayFlags(call);
  const [rename, remove] = [textsOf(call, 'rename'), textsOf(call, 'remove')];
  if (rename === undefined && remove === undefined) return withFields(resource, call);
  const changed =
    rename === undefined ? withRemoval(resource, remove ?? '', call) : withRename(resource, rename, call);
  call.context.notes.push(...eventNotes(resource, changed, call));
  return changed;
}

/** Asks for the change, unless a flag states it. */
async function withChange(resource: Resource, call: CommandCall): Promise<CommandCall> {
  if (!call.ask || changes.some((flag) => textsOf(call, flag) !== undefined)) return call;
  return { ...call, given: [...call.given, ...(await askChange(resource, call.ask))] };
}

function refuseStrayFlags(call: CommandCall): void {
  const given = changes.filter((flag) => textsOf(call, flag) !== undefined);
  const [first, second] = given;
  if (second !== undefined) throw new UsageError(`--${first} and --${second} exclude each other`);
  const isStep = first === 'rename' || first === 'remove';
  if (isGiven(call, 'finish') && !isStep)
    throw missing('--finish belongs to --rename or --remove', 'field order --remove note --finish');
  if (textsOf(call, 'default') !== undefined && first !== 'remove')
    throw missing('--default belongs to --remove', 'field order --remove total --default 0');
  if (textsOf(call, 'backfill') !== undefined && isStep)
    throw missing('--backfill belongs to --fields or --require', backfillExample);
}

async function resourceOf({ resources }: ServiceAnswers, { words: [name], ask }: CommandCall) {
  if (resources.length === 0)
    throw missing('the service has no resource; first add one', 'resource order --fields "code:string"');
  if (name !== undefined) return findResource(resources, name);
  if (ask) return chooseResource(ask, 'Fields of which resource?', resources);
  const names = resources.map((each) => each.name).join(', ');
  throw missing(`the name of the resource is missing (${names})`, example);
}

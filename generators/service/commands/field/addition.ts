import { UsageError } from '../../../core/usage-error.ts';
import { withNextState } from '../../events/next-state.ts';
import { grammarFault, parseFields } from '../../fields/grammar.ts';
import { backfillFault } from '../../migrations/backfill.ts';
import type { Field, Resource } from '../../model/answers.ts';
import { writtenType } from '../../model/field-form.ts';
import { fieldsFault } from '../../model/name-rules.ts';
import { fillTrigger, resourceNames } from '../../model/names.ts';
import { looksSecret } from '../../model/secret-names.ts';
import { fieldsMessage } from '../../resources-question.ts';
import type { Ask } from '../../../questions/question.ts';
import { askFields } from '../call/ask-fields.ts';
import { askBackfill } from './question.ts';
import type { CommandCall } from '../call/command.ts';
import { eventNotes } from '../notes/versions.ts';
import { textsOf } from '../call/given.ts';
import { findField, refuseOpenStep } from './leaving.ts';
import { missing, spelledCall } from '../call/spelling.ts';

/** Returns the resource with the fields of `--fields`, or with the one of `--require` required. */
export async function withFields(resource: Resource, call: CommandCall): Promise<Resource> {
  const required = textsOf(call, 'require');
  const fields =
    required === undefined
      ? [...resource.fields, ...(await fieldsOf(resource, call))]
      : withRequired(resource, required, call);
  const events = isNewContract(resource.fields, fields) ? withNextState(resource) : resource.events;
  const changed = { ...resource, fields, ...(events && { events }) };
  call.context.notes.push(...notesOn(resource, changed, call));
  return changed;
}

/** An event with a new required field, or a field that older events may lack, is another one for its consumers. */
const isNewContract = (before: Field[], after: Field[]): boolean =>
  after.some(
    (field) =>
      !(field.secret ?? looksSecret(field.name)) &&
      !field.optional &&
      before.find(({ name }) => name === field.name)?.optional !== false,
  );

function notesOn(before: Resource, after: Resource, call: CommandCall): string[] {
  const filled = after.fields.filter((field) => field.backfill !== undefined);
  const { table } = resourceNames(after.name);
  return [
    ...filled.map(
      ({ name }) =>
        `While replicas of the earlier release run, a trigger fills "${name}" in the rows that they write. Once none runs, drop the trigger ` +
        `in your own migration: drop trigger ${fillTrigger(table, name)} on ${table}; drop function ${fillTrigger(table, name)}();`,
    ),
    ...eventNotes(before, after, call),
  ];
}

/** Returns the fields of a resource, one of which becomes required. */
function withRequired(resource: Resource, name: string, call: CommandCall): Field[] {
  const withBackfill = `field ${resource.name} --require ${name} --backfill "<sql>"`;
  refuseOpenStep(resource, [name]);
  const field = findField(resource, name);
  if (!field.optional) throw new UsageError(`the field "${name}" of "${resource.name}" is required already`);
  const backfill = backfillOf(call);
  if (backfill === undefined) throw missing(`the rows without "${name}" need a value`, withBackfill);
  return resource.fields.map((each) => (each === field ? { ...field, optional: false, backfill } : each));
}

function backfillOf(call: CommandCall): string | undefined {
  const sql = textsOf(call, 'backfill');
  const fault = sql === undefined ? undefined : backfillFault(sql);
  if (fault !== undefined) throw new UsageError(fault);
  return sql;
}

async function fieldsOf(resource: Resource, call: CommandCall): Promise<Field[]> {
  const text = textsOf(call, 'fields')?.trim() || undefined;
  const backfill = backfillOf(call);
  if (text === undefined && call.ask) return askNewFields(resource, { ask: call.ask, backfill });
  if (text === undefined)
    throw missing('the new fields are missing', `field ${resource.name} --fields "note:text:optional"`);
  const added = parseFields(text);
  refuseOpenStep(
    resource,
    added.map(({ name }) => name),
  );
  const fault = additionFault(added, resource) ?? requiredFault(added, resource, backfill);
  if (fault !== undefined) throw new UsageError(fault);
  return filled(added, backfill);
}

const additionFault = (added: Field[], { fields }: Resource) => fieldsFault([...fields, ...added]);

/** Asks for the value of the present rows, too, if one of the fields needs it. */
async function askNewFields(
  resource: Resource,
  { ask, backfill: given }: { ask: Ask; backfill: string | undefined },
): Promise<Field[]> {
  const faultOf = (added: Field[]) =>
    additionFault(added, resource) ??
    (given === undefined && added.filter(needsValue).length < 2
      ? undefined
      : requiredFault(added, resource, given));
  const added = await askFields(
    ask,
    fieldsMessage,
    undefined,
    (typed) => grammarFault(typed) ?? faultOf(parseFields(typed)),
  );
  const open = added.find(needsValue);
  if (!open || given !== undefined) return filled(added, given);
  return filled(
    added,
    await askBackfill(ask, `The SQL of "${open.name}" in the present rows, such as lower(email)`),
  );
}

const filled = (added: Field[], backfill: string | undefined): Field[] =>
  added.map((field) => (backfill !== undefined && needsValue(field) ? { ...field, backfill } : field));

const needsValue = (field: Field): boolean => !field.optional && field.default === undefined;

/** Existing rows have no value for a new field. */
function requiredFault(added: Field[], { name }: Resource, backfill: string | undefined) {
  const required = added.filter(needsValue);
  const [first, second] = required;
  if (backfill !== undefined && (!first || second))
    return `--backfill is the value of exactly one required field without a default, and --fields has ${required.length}; add one such field at a time`;
  if (!first || backfill !== undefined) return undefined;
  const [{ table }, written] = [resourceNames(name), `${first.name}:${writtenType(first)}`];
  return (
    `the required field "${first.name}" has no value in the present rows of the table "${table}"; make it optional (${written}:optional), ` +
    `add a default (${written}:default(...)), or state the value of these rows: ` +
    spelledCall(`field ${name} --fields "${written}" --backfill "<sql>"`)
  );
}

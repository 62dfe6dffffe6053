import { UsageError } from '../../../core/usage-error.ts';
import type { Field, LeavingField, Resource } from '../../model/answers.ts';
import { columnName } from '../../model/names.ts';
import type { CommandCall } from '../call/command.ts';
import { spelledCall, unknownPart } from '../call/spelling.ts';

/** Returns the call that begins the step which a field leaves by, without `npm init microservice`. */
const firstStepOf = (resource: Resource, { name, to }: LeavingField): string =>
  `field ${resource.name} ${to === undefined ? `--remove ${name}` : `--rename ${name}:${to}`}`;

/** Returns the second step of a rename or a removal, as the owner types it. */
export const finishOf = (resource: Resource, field: LeavingField): string =>
  spelledCall(`${firstStepOf(resource, field)} --finish`);

/** Returns a field of a resource. Throws a UsageError that lists the fields. */
export function findField({ name: resource, fields }: Resource, name: string): Field {
  const found = fields.find((each) => each.name === name);
  if (found) return found;
  throw unknownPart(
    'field',
    name,
    fields.map((each) => each.name),
    `the resource "${resource}"`,
  );
}

/** Throws a UsageError if one of the names belongs to a field whose earlier column is not dropped yet. */
export function refuseOpenStep(resource: Resource, names: readonly string[]): void {
  const open = resource.leaving?.find(({ name, to = name }) => names.includes(name) || names.includes(to));
  if (!open) return;
  const { name, to } = open;
  const step = to === undefined ? `"${name}" is removed` : `"${name}" is renamed to "${to}"`;
  throw new UsageError(
    `the field ${step}, and its column is not dropped yet. Once no replica of the earlier release runs, write ${finishOf(resource, open)}`,
  );
}

/** Returns the resource with a field that the code no longer has, and whose column stays. */
export const withLeaving = (resource: Resource, field: LeavingField): Resource => ({
  ...resource,
  leaving: [...(resource.leaving ?? []), field],
});

/** Returns the resource for the run that drops the column of a field. Throws a UsageError if no such step is open. */
export function withFinished(
  resource: Resource,
  { name, to }: LeavingField,
  { context }: CommandCall,
): Resource {
  const { leaving = [], ...rest } = resource;
  const open = leaving.find((each) => each.name === name && each.to === to);
  if (!open) throw new UsageError(noStep(resource, { name, to }));
  context.notes.push(
    `seeds/${resource.name}.ts and your own SQL may still name the column "${columnName(name)}". Change them before the migration runs.`,
  );
  const others = leaving.filter((each) => each !== open);
  return { ...rest, ...(others.length > 0 && { leaving: others }), dropped: [open] };
}

function noStep(resource: Resource, field: LeavingField): string {
  const { leaving = [] } = resource;
  const first = spelledCall(firstStepOf(resource, field));
  const open = leaving.map((each) => finishOf(resource, each));
  const which = field.to === undefined ? 'removal' : 'rename';
  return (
    `--finish: "${resource.name}" has no open ${which} of "${field.name}"${field.to === undefined ? '' : ` to "${field.to}"`}. ` +
    (open.length > 0 ? `Open steps: ${open.join('; ')}` : `The first step is ${first}`)
  );
}

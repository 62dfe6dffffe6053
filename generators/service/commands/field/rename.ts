import { UsageError } from '../../../core/usage-error.ts';
import { seen } from '../../../outside/seen.ts';
import { withRenamedField } from '../../events/changed-fields.ts';
import { withNextState } from '../../events/next-state.ts';
import type { Field, LeavingField, Resource } from '../../model/answers.ts';
import { fieldNameFault, fieldsFault } from '../../model/name-rules.ts';
import { looksSecret } from '../../model/secret-names.ts';
import type { CommandCall } from '../call/command.ts';
import { isGiven } from '../call/given.ts';
import { findField, finishOf, refuseOpenStep, withFinished, withLeaving } from './leaving.ts';
import { missing, spelledCall } from '../call/spelling.ts';

/** Returns the resource whose field gets a new name, or the one whose earlier column goes. `text` is `note:remark`. */
export function withRename(resource: Resource, text: string, call: CommandCall): Resource {
  const step = stepOf(resource, text);
  if (isGiven(call, 'finish')) return withFinished(resource, step, call);
  const { name: from, to } = step;
  refuseOpenStep(resource, [from, to]);
  const field = findField(resource, from);
  const fields = resource.fields.map((each) => (each === field ? renamed(field, to) : each));
  const fault = fieldNameFault(to) ?? referenceFault(field, to) ?? fieldsFault(fields);
  if (fault !== undefined) throw new UsageError(fault);
  const state = { ...resource, events: field.secret ? resource.events : withNextState(resource) };
  const events = field.secret ? resource.events : withRenamedField(state, { from, to });
  call.context.notes.push(...notesOn(resource, step));
  return withLeaving({ ...resource, fields, ...(events && { events }) }, step);
}

function stepOf({ name: resource }: Resource, text: string): LeavingField & { to: string } {
  const [name = '', to = '', ...more] = text.split(':');
  if (name !== '' && to !== '' && name !== to && more.length === 0) return { name, to };
  throw missing(
    `--rename: ${seen(text)} is not a field and its new name`,
    `field ${resource} --rename note:remark`,
  );
}

/** A new name does not change who can read a field. */
const renamed = (field: Field, to: string): Field => ({
  ...field,
  name: to,
  renames: field.name,
  ...(!field.secret && looksSecret(to) && { secret: false }),
});

const referenceFault = ({ target }: Field, to: string): string | undefined =>
  target === undefined || to.endsWith('Id')
    ? undefined
    : `the name of a reference ends in "Id"; rename it to ${to}Id`;

const notesOn = (resource: Resource, step: LeavingField & { to: string }): string[] => [
  `HTTP clients: requests and responses have "${step.to}" instead of "${step.name}", in each version of the routes, and a request with ` +
    `"${step.name}" gets a 400. For clients that cannot change at once, first add other routes: ` +
    `${spelledCall(`resource ${resource.name} --api v2`)}. Then keep "${step.name}" in the schema and the router of v1 yourself.`,
  `A trigger keeps both columns equal while replicas of both releases run. Once no replica of the earlier release runs, write ${finishOf(resource, step)}`,
];

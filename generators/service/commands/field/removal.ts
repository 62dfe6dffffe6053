import { UsageError } from '../../../core/usage-error.ts';
import { withoutField } from '../../events/changed-fields.ts';
import { withNextState } from '../../events/next-state.ts';
import { formatDefault, readDefault } from '../../fields/default-value.ts';
import type { Field, Resource } from '../../model/answers.ts';
import { isListKey } from '../../model/field-form.ts';
import { resourceEvents } from '../../model/resource-events.ts';
import type { CommandCall } from '../call/command.ts';
import { isGiven, textsOf } from '../call/given.ts';
import { findField, finishOf, refuseOpenStep, withFinished, withLeaving } from './leaving.ts';
import { missing, spelledCall } from '../call/spelling.ts';

/** Returns the resource without a field, whose column stays, or the one whose column goes. */
export function withRemoval(resource: Resource, name: string, call: CommandCall): Resource {
  if (isGiven(call, 'finish')) return withFinished(resource, { name }, call);
  refuseOpenStep(resource, [name]);
  const field = findField(resource, name);
  if (resource.fields.length === 1)
    throw new UsageError(
      `"${name}" is the only field of "${resource.name}", and a resource needs at least one. Add another field first, or write ${spelledCall(`remove resource ${resource.name}`)}`,
    );
  const value = valueOf(field, resource, call);
  const state = { ...resource, events: field.secret ? resource.events : withNextState(resource) };
  const events = withoutField(state, { ...field, default: value ?? field.default });
  const fields = resource.fields.filter((each) => each !== field);
  const changed = { ...resource, fields, ...(events.length > 0 && { events }) };
  call.context.notes.push(...notesOn(changed, { ...field, default: value ?? field.default }));
  return withLeaving(changed, { name, ...(value !== undefined && { default: value }) });
}

/** Returns the value of a required field without a default in the rows of the new release; undefined if it needs none. */
function valueOf(field: Field, { name: resource }: Resource, call: CommandCall): unknown {
  const { name, optional, target: _target, ...rest } = field;
  const text = textsOf(call, 'default');
  if (optional || field.default !== undefined) {
    if (text === undefined) return undefined;
    throw new UsageError(
      `--default belongs to a required field without a default, and "${name}" ${optional ? 'is optional' : `has the default ${formatDefault(field)}`}; leave it out`,
    );
  }
  if (text === undefined)
    throw missing(
      `"${name}" is required: the earlier release, and the older versions of the events, need a value of it in the new rows`,
      `field ${resource} --remove ${name} --default <value>`,
    );
  const type = rest.type === 'reference' ? 'uuid' : rest.type;
  return readDefault(text, { ...rest, name, optional, type, unique: false });
}

const notesOn = (resource: Resource, field: Field): string[] => [
  `HTTP clients: ${field.secret ? 'requests' : 'requests and responses'} no longer have "${field.name}", and a request with it gets a 400.` +
    (isListKey(field) ? ` The list can no longer be filtered or sorted by it.` : ''),
  ...(field.secret ? [] : olderVersions(resource, field)),
  `The column stays for the earlier release. Once no replica of that release runs, write ${finishOf(resource, { name: field.name })}`,
];

/** A version of an event has its field until the version is retired. */
const olderVersions = ({ events = [], name }: Resource, { name: removed, default: value }: Field): string[] =>
  resourceEvents({ name, events })
    .filter(({ takes }) => takes === 'state')
    .flatMap(({ versions }) => versions)
    .flatMap(({ type, version, fields, renamed }) =>
      fields
        .filter((field) => (renamed[field.name] ?? field.name) === removed)
        .map(
          (field) =>
            `Version ${version} of "${type}" has "${field.name}": ${field.optional ? 'null' : JSON.stringify(value)} from now on.`,
        ),
    );

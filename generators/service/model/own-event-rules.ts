import { kebabFault } from '../../outside/kebab-case.ts';
import type { Field, OwnEvent, Resource } from './answers.ts';
import { writtenType } from './field-form.ts';
import { identifiers } from './name-rules.ts';
import { resourceNames } from './names.ts';
import { objectMembers } from './reserved-words.ts';
import { takenVerbs } from './resource-events.ts';
import { looksSecret } from './secret-names.ts';

/** Returns the reason why a resource cannot have its own events; undefined if it can. */
export function ownEventsFault({ name, events = [] }: Resource): string | undefined {
  const verbs = events.map(({ verb }) => verb);
  const twice = verbs.find((verb, index) => verbs.indexOf(verb) !== index);
  if (twice !== undefined) return `the event "${name}.${twice}" is given twice`;
  return events.map((event) => ownEventFault(name, event)).find((fault) => fault !== undefined);
}

function ownEventFault(resource: string, { verb, fields = [] }: OwnEvent): string | undefined {
  const type = `${resource}.${verb}`;
  const fault = kebabFault(verb, 'the verb of an event');
  if (fault) return fault;
  if (takenVerbs.includes(verb)) return `the event "${type}" exists already; choose another verb`;
  const { pascal } = resourceNames(`${resource}-${verb}`);
  if (identifiers({ name: resource }).includes(pascal) || objectMembers.has(resourceNames(verb).camel))
    return `the event "${type}" would have a name that the generated code uses; choose another verb`;
  return fields.map(eventFieldFault).find((each) => each !== undefined);
}

/** Returns the reason why the data of an event cannot have a field. */
function eventFieldFault(field: Field): string | undefined {
  const { name, type, unique, index, secret } = field;
  if (unique || index)
    return `the field "${name}" of an event cannot be unique or indexed, since it has no column`;
  if (type === 'reference')
    return `the field "${name}" of an event cannot be a reference, since it has no column; write ${name}:uuid`;
  if (field.default !== undefined)
    return `the field "${name}" of an event cannot have a default, since it has no column`;
  if (secret) return `the field "${name}" of an event cannot be secret, since each consumer gets it`;
  if (secret === undefined && looksSecret(name))
    return `the field "${name}" looks like a secret, and each consumer of the event would get it; if it is not a secret, write ${name}:${writtenType(field)}:public`;
  return undefined;
}

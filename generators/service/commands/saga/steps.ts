import { didYouMean } from '../../../core/suggest.ts';
import { UsageError } from '../../../core/usage-error.ts';
import { seen } from '../../../outside/seen.ts';
import { parseFields } from '../../fields/grammar.ts';
import type { Field, Resource, SagaStep } from '../../model/answers.ts';
import { startOf } from '../../model/saga-view.ts';
import { reservedFieldFault, startFields } from '../../sagas/saga-rules.ts';
import { defaultReplies, parseStep } from '../../sagas/step-grammar.ts';
import { spelledCall } from '../call/spelling.ts';

/** Returns the texts of single steps. A value without fields and replies may name several: `payment inventory`. */
export const splitSteps = (values: readonly string[]): string[] =>
  values.flatMap((value) =>
    /[:(]/.test(value) ? [value.trim()] : value.split(/[\s,]+/).filter((part) => part !== ''),
  );

/**
 * Returns the step of a text like `payment:amount:decimal`. Its fields are those of the event that starts the saga, with the type that
 * they have there. Throws a UsageError for a field that the event does not have, or has with another type.
 */
export function sagaStepOf(text: string, startedBy: string, resources: readonly Resource[]): SagaStep {
  const { name, replies = defaultReplies(name), fields } = parseStep(text);
  const present = startFields(startedBy, resources) ?? [];
  return {
    name,
    replies,
    fields: fields.map((each) => fieldOf(each, { step: name, startedBy, present, resources })),
  };
}

interface Start {
  step: string;
  startedBy: string;
  present: readonly Field[];
  resources: readonly Resource[];
}

function fieldOf(text: string, start: Start): Field {
  const { step, startedBy, present } = start;
  const [name = ''] = text.split(':');
  const reserved = reservedFieldFault(name, startedBy);
  if (reserved !== undefined) throw new UsageError(reserved);
  const [typed] = text.includes(':') ? parseFields(text) : [];
  const field = present.find((each) => each.name === (typed?.name ?? name));
  if (!field) throw new UsageError(absent(name, typed, start));
  if (typed && typed.type !== field.type)
    throw new UsageError(
      `the step "${step}" needs the field "${name}" with the type ${typed.type}, and ${startedBy} has it with the type ${field.type}; write ${step}:${name}`,
    );
  return sent(field);
}

function absent(name: string, typed: Field | undefined, start: Start): string {
  const { step, startedBy, present, resources } = start;
  const needs = `the step "${step}" needs the field ${seen(name)}`;
  const [resource = ''] = startedBy.split('.');
  const own = resources.find((each) => each.name === resource)?.fields ?? [];
  if (own.some((field) => field.name === name && field.secret === true))
    return `${needs}, which is secret, and an event cannot have a secret field; leave it out of the step`;
  const names = present.map((each) => each.name);
  const lacks = `${needs}, and ${startedBy} does not have it.${didYouMean(name, names)} Its fields are: ${names.join(', ') || 'none'}`;
  if (startOf({ startedBy }, resources)?.data !== 'state')
    return `${lacks}. Leave the field out, or start the saga with an event that has it`;
  const added = `${name}:${typed?.type ?? 'string'}:optional`;
  return `${lacks}. To add it, first write ${spelledCall(`field ${resource} --fields "${added}"`)}`;
}

/** A field in a request: without the column of the resource, and without its default. */
const sent = ({ name, type, length, digits, values, optional, secret }: Field): Field => ({
  name,
  type: type === 'reference' ? 'uuid' : type,
  ...(length !== undefined && { length }),
  ...(digits && { digits }),
  ...(values && { values }),
  ...(secret !== undefined && { secret }),
  ...{ unique: false, optional, index: false },
});

import { UsageError } from '../../core/usage-error.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import { formatFields, parseFields } from '../fields/grammar.ts';
import { readWord, splitOutside } from '../fields/scan.ts';
import type { Saga, SagaStep } from '../model/answers.ts';

export const stepGrammar = '<service>[(<done>|<failed>|<undone>)][:<field>[:<type>][,<field> ...]]';

/** A step as it is written: `payment(charged|declined|refunded):amount:decimal`. */
export interface WrittenStep {
  name: string;
  /** Undefined without parentheses. */
  replies?: SagaStep['replies'];
  /** The texts of its fields. */
  fields: string[];
}

/** The replies of well-known steps; those of the guide are payment.processed and inventory.reserved. */
const wellKnown: Record<string, SagaStep['replies']> = {
  payment: ['processed', 'failed', 'refunded'],
  inventory: ['reserved', 'failed', 'released'],
};
const otherReplies: SagaStep['replies'] = ['succeeded', 'failed', 'undone'];

/** Returns the verbs of the replies of a step that states none. */
export const defaultReplies = (name: string): SagaStep['replies'] =>
  (Object.hasOwn(wellKnown, name) ? wellKnown[name] : undefined) ?? otherReplies;

/** Parses a step. Throws a UsageError for an invalid name or other than three replies. */
export function parseStep(text: string): WrittenStep {
  const [first = '', ...others] = splitOutside(text, /^[\s,]$/).filter((part) => part !== '');
  const [head = '', ...field] = splitOutside(first, /^:$/);
  const { word: name, inside } = readWord(head);
  const fault = kebabFault(name, 'the name of a step');
  if (fault) throw new UsageError(fault);
  const fields = [...(field.length > 0 ? [field.join(':')] : []), ...others];
  return inside === undefined ? { name, fields } : { name, replies: parseReplies(name, inside), fields };
}

function parseReplies(name: string, text: string): SagaStep['replies'] {
  const [done = '', failed = '', undone = '', ...more] = text.split('|').map((verb) => verb.trim());
  const verbs = [done, failed, undone, ...more];
  const fault = verbs
    .map((verb) => kebabFault(verb, 'the verb of a reply'))
    .find((each) => each !== undefined);
  if (fault !== undefined || new Set(verbs).size !== 3 || verbs.length !== 3)
    throw new UsageError(
      `the step "${name}" has the replies ${seen(text)}; write three different verbs, such as ${name}(${otherReplies.join('|')})`,
    );
  return [done, failed, undone];
}

/** Returns a step in the form that `storedStep` reads. */
export const formatStep = ({ name, replies, fields }: SagaStep): string =>
  `${name}(${replies.join('|')})${fields.length > 0 ? `:${formatFields(fields)}` : ''}`;

/** Returns the step of a text of `formatStep`. Throws a UsageError for another text. */
export function storedStep(text: string): SagaStep {
  const { name, replies = defaultReplies(name), fields } = parseStep(text);
  return { name, replies, fields: fields.length > 0 ? parseFields(fields.join(' ')) : [] };
}

/** Returns the reason why `storedStep` refuses a text. */
export function stepFault(text: string): string | undefined {
  try {
    storedStep(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns a saga in the form of `.yo-rc.json`: its steps and its ends as texts. */
export const storedSaga = ({ steps, ends, ...saga }: Saga) => ({
  ...saga,
  steps: steps.map(formatStep),
  ends: ends.join('|'),
});

/** Returns the saga of `.yo-rc.json`. */
export function sagaOfStored({ steps, ends, ...saga }: ReturnType<typeof storedSaga>): Saga {
  const [completed = '', compensated = ''] = ends.split('|');
  return { ...saga, steps: steps.map(storedStep), ends: [completed, compensated] };
}

import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import type { Field, FieldType, ProjectionSource } from '../model/answers.ts';
import type { EventDefinitionView } from './event-definitions.ts';
import { resourceNames } from '../model/names.ts';

/** An event as it is given: `payment.processed:orderId`. */
export interface GivenSource {
  type: string;
  /** The field with the id of the row; undefined: to be found. */
  key?: string | undefined;
}

/** The word for the subject of an event, instead of a field. */
export const SUBJECT = 'subject';

/** The types of a field whose value can be the id of a row. */
const keyTypes: readonly FieldType[] = ['string', 'text', 'uuid', 'reference'];

/** Returns the events of `--from`, each once, in their order. */
export function givenSources(text: string): GivenSource[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const sources = parts.map((part) => {
    const [type = '', key, ...more] = part.split(':');
    if (type === '' || key === '' || more.length > 0)
      throw new UsageError(`--from: ${seen(part)} is not an event, or an event and a field joined by ":"`);
    return { type, key };
  });
  const twice = sources.find(({ type }, index) => sources.findIndex((each) => each.type === type) !== index);
  if (twice) throw new UsageError(`--from: the event ${seen(twice.type)} is given twice; give it once`);
  return sources;
}

/** Returns the fields that can hold the id of a row. */
export const rowKeysOf = ({ fields }: EventDefinitionView): string[] =>
  fields.filter(({ type }) => keyTypes.includes(type)).map(({ name }) => name);

interface First {
  definition: EventDefinitionView;
  key?: string | undefined;
}

/**
 * Returns the field with the id of the row, or SUBJECT; undefined if none has a name that tells. The id is that of the first event: its
 * subject, or its field.
 */
export function foundKey(definition: EventDefinitionView, first: First | undefined): string | undefined {
  if (!first) return SUBJECT;
  const { aggregate } = first.definition;
  const named = first.key ?? `${resourceNames(aggregate).camel}Id`;
  if (first.key === undefined && definition.aggregate === aggregate) return SUBJECT;
  if (`${resourceNames(definition.aggregate).camel}Id` === named) return SUBJECT;
  return rowKeysOf(definition).find((name) => name === named);
}

/** Returns the source with the fields that its rows keep: no key, and of no field more than its type. */
export const projectionSource = (definition: EventDefinitionView, key: string): ProjectionSource => ({
  type: definition.type,
  ...(key !== SUBJECT && { key }),
  fields: definition.fields.filter(({ name, secret }) => name !== key && !secret).map(kept),
});

/** As in a copy, a column limits nothing, and each one can be null: the event of another source may come first. */
const kept = ({ name, type, digits }: Field): Field => ({
  ...{ name, unique: false, index: false, optional: true },
  type: type === 'reference' ? 'uuid' : type === 'enum' ? 'text' : type,
  ...(digits && { digits }),
});

import type { ConsumedEvent, Field } from '../model/answers.ts';
import { writtenType } from '../model/field-form.ts';

/**
 * Returns a consumed event with, for each older version, the fields that its data lacks: events of these versions are still in
 * Kafka. Compares each version with the next one.
 * @param before the event as the service consumed it until now
 * @param published the events in the contracts
 */
export function withOlderVersions(
  event: ConsumedEvent,
  before: ConsumedEvent | undefined,
  published: readonly ConsumedEvent[],
): ConsumedEvent {
  const { lacks: _lacks, ...rest } = event;
  if (event.version === 1) return rest;
  const known = [event, ...(before ? [before] : []), ...published].filter(
    ({ type, from }) => type === event.type && from === event.from,
  );
  const ofVersion = (version: number) => known.find((each) => each.version === version);
  const versions = Array.from({ length: event.version - 1 }, (_, index) => index + 1);
  const lacks = versions.map((version): [string, string[] | null] => {
    const earlier = before?.lacks?.[version];
    if (earlier) return [String(version), earlier];
    const older = ofVersion(version);
    return [String(version), older ? lacking(older, ofVersion(version + 1) ?? event) : null];
  });
  return { ...rest, lacks: Object.fromEntries(lacks) };
}

/** A field of another type cannot be read as the new one. */
const lacking = (older: ConsumedEvent, newer: ConsumedEvent): string[] =>
  newer.fields.filter((field) => !older.fields.some((each) => isSame(each, field))).map(({ name }) => name);

const isSame = (one: Field, other: Field): boolean =>
  one.name === other.name && writtenType(one) === writtenType(other);

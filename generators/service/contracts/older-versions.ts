import { tolerantJoi } from '../fields/codes.ts';
import type { ConsumedEvent, Field } from '../model/answers.ts';

/**
 * Returns a consumed event with the differences of its older versions, whose events are still in Kafka: the fields that their data
 * lacks, compared with the next version, and the fields that can be null in them.
 * @param before the event as the service consumed it until now; it counts only for a version that the contracts no longer have
 * @param published the events in the contracts
 */
export function withOlderVersions(
  event: ConsumedEvent,
  before: ConsumedEvent | undefined,
  published: readonly ConsumedEvent[],
): ConsumedEvent {
  const { lacks: _lacks, nullable: _nullable, ...rest } = event;
  const known = [event, ...published, ...(before ? [before] : [])].filter(
    ({ type, from, version }) => type === event.type && from === event.from && version <= event.version,
  );
  const nullable = nullableOf(event, known);
  const isRead = { ...rest, ...(nullable.length > 0 && { nullable }) };
  return event.version === 1 ? isRead : { ...isRead, lacks: lacksOf(event, before, known) };
}

function lacksOf(event: ConsumedEvent, before: ConsumedEvent | undefined, known: readonly ConsumedEvent[]) {
  const ofVersion = (version: number) => known.find((each) => each.version === version);
  const versions = Array.from({ length: event.version - 1 }, (_, index) => index + 1);
  const lacks = versions.map((version): [string, string[] | null] => {
    const older = ofVersion(version);
    const names = older ? lacking(older, ofVersion(version + 1) ?? event) : before?.lacks?.[version];
    return [String(version), names ?? null];
  });
  return Object.fromEntries(lacks);
}

/** The fields that are never null in the newest version, but in one of the others, or were until now. */
function nullableOf(event: ConsumedEvent, known: readonly ConsumedEvent[]): string[] {
  const wereNull = new Set(
    known.flatMap(({ fields, nullable = [] }) => [
      ...nullable,
      ...fields.filter(({ optional }) => optional).map(({ name }) => name),
    ]),
  );
  return event.fields.filter(({ name, optional }) => !optional && wereNull.has(name)).map(({ name }) => name);
}

const lacking = (older: ConsumedEvent, newer: ConsumedEvent): string[] =>
  newer.fields.filter((field) => !older.fields.some((each) => isReadAs(each, field))).map(({ name }) => name);

/** A value of another type is read as the new one if the consumer's check of the new type accepts it. */
function isReadAs(older: Field, newer: Field): boolean {
  if (older.name !== newer.name) return false;
  const [one, other] = [tolerantJoi(older).text, tolerantJoi(newer).text];
  return one === other || (other === anyText && texts.includes(older.type)) || newer.type === 'json';
}

const anyText = tolerantJoi({ name: '', type: 'text', unique: false, optional: false, index: false }).text;
const texts: readonly Field['type'][] = ['bigint', 'date', 'decimal', 'timestamp', 'uuid'];

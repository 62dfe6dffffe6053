import { OUTGOING } from '../events/relay/refused-rows.ts';
import type { ParkedEventRow, ParkedKeyRow, ParkedState } from '../events/operations/parked.ts';
import { ageOf } from './input/age.ts';
import { eventJson, eventText, type WholeEvent } from './output/event-text.ts';
import { counted } from './output/printing.ts';
import type { Flags } from './input/flags.ts';
import { nothingText, OUTBOX } from './input/selection.ts';
import { tableText, type Column } from './output/table.ts';
import { printableValue } from '../logging/terminal.ts';

/** The columns of a list of keys. */

const columns: Column[] = [
  { title: 'GROUP' },
  { title: 'TOPIC' },
  { title: 'KEY' },
  { title: 'REASON' },
  { title: 'TRIES', right: true },
  { title: 'NEXT' },
  { title: 'AGE', right: true },
  { title: 'EVENTS', right: true },
  { title: 'TYPE' },
  { title: 'ID' },
  { title: 'ERROR' },
];

const groupOf = ({ group }: { group: string }): string => (group === OUTGOING ? OUTBOX : group);

export const directionOf = ({ group }: { group: string }): 'inbox' | 'outbox' =>
  group === OUTGOING ? 'outbox' : 'inbox';

/** Formats one row per key. */
export function keysText(keys: readonly ParkedKeyRow[]): string {
  const rows = keys.map((key) => [
    groupOf(key),
    key.topic,
    key.key,
    key.reason,
    String(key.attempts),
    key.nextTryAt ? nextText(key.nextTryAt) : 'never',
    ageOf(key.parkedAt),
    String(key.events),
    key.firstType ?? '-',
    key.firstId ?? '-',
    key.error,
  ]);
  return tableText(columns, rows);
}

const nextText = (time: Date): string => (time.getTime() <= Date.now() ? 'now' : ageOf(time));

export function keyJson(key: ParkedKeyRow) {
  return {
    direction: directionOf(key),
    group: key.group === OUTGOING ? null : key.group,
    topic: key.topic,
    key: key.key,
    state: key.state,
    reason: key.reason,
    error: key.error,
    attempts: key.attempts,
    nextTryAt: key.nextTryAt?.toISOString() ?? null,
    parkedAt: key.parkedAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
    events: key.events,
    first: { source: key.firstSource, id: key.firstId, type: key.firstType },
  };
}

/** The answer if no key was found. */
export const noKeyText = (state: ParkedState, values: Flags): string =>
  state === 'dead'
    ? nothingText(values, 'No key has a dead letter.', 'No key with a dead letter matches these flags.')
    : nothingText(values, 'No event is parked.', 'No parked key matches these flags.');

/** Formats a key as one line, for the report of a change. */
export const keyName = (key: ParkedKeyRow): string =>
  printableValue(`key ${key.key} of ${key.topic} (${groupOf(key)})`);

/** Formats a key and its events with all their data; `more` events are not shown. */
export function keyText(key: ParkedKeyRow, events: readonly ParkedEventRow[]): string {
  const next = key.nextTryAt ? `next try ${nextText(key.nextTryAt)}` : 'not retried automatically';
  const more = key.events - events.length;
  return [
    `${keyName(key)}: ${counted(key.events, 'event')}, parked ${ageOf(key.parkedAt)} ago`,
    printableValue(`${key.state}, ${key.reason}: ${key.error}`),
    `${key.attempts} ${key.attempts === 1 ? 'try' : 'tries'} failed, ${next}`,
    ...events.map((event) => `\n${eventText(wholeEvent(event))}`),
    ...(more > 0 ? [`\nand ${counted(more, 'event')} more wait behind`] : []),
  ].join('\n');
}

export const wholeEvent = (event: ParkedEventRow): WholeEvent => ({ ...event, time: event.receivedAt });

export const parkedEventJson = (event: ParkedEventRow) => ({
  direction: directionOf(event),
  group: event.group === OUTGOING ? null : event.group,
  ...eventJson(wholeEvent(event)),
  parkedAt: event.parkedAt.toISOString(),
});

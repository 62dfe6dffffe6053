import { TOO_LARGE } from '../../events/parking/stored-message.ts';
import type { ParkedHeader } from '../../events/operations/parked.ts';
import { printableValue } from '../../logging/terminal.ts';

/** An event with all its data, incoming or outgoing. */
export interface WholeEvent {
  topic: string;
  key: string;
  source: string | null;
  id: string | null;
  type: string | null;
  /** Its place in Kafka; an outgoing event has none yet. */
  partition?: number | null;
  position?: string | null;
  headers: Record<string, ParkedHeader>;
  rawKey?: Buffer | null;
  value: Buffer | null;
  /** The size of the value, whose content is null if the output has no room for it. */
  bytes?: number | null;
  /** The time at which Kafka received it, or at which it was saved. */
  time: Date | null;
}

/** Converts an event for programs: `data` if the value is JSON, and the exact bytes in base64 (null if there are none). */
export function eventJson(event: WholeEvent) {
  const { topic, key, source, id, type, headers, rawKey, value, time } = event;
  return {
    topic,
    key,
    keyBase64: rawKey?.toString('base64') ?? null,
    source,
    id,
    type,
    partition: event.partition ?? null,
    offset: event.position == null ? null : Number(event.position),
    time: time?.toISOString() ?? null,
    headers,
    ...jsonOf(value),
    valueBytes: value?.length ?? event.bytes ?? null,
    valueBase64: value?.toString('base64') ?? null,
  };
}

/** Formats an event as lines of text. */
export function eventText(event: WholeEvent): string {
  const { source, id, type, headers, value, time } = event;
  const shown = (text: string | null, absent: string) => (text === null ? absent : printableValue(text));
  const lines = [
    `${shown(type, 'no type')} ${shown(id, 'without an id')} of ${shown(source, 'an unknown source')}${placeText(event)}`,
    ...(time ? [`  time     ${time.toISOString()}`] : []),
    `  key      ${printableValue(event.key)}`,
    `  headers  ${Object.keys(headers).length === 0 ? 'none' : ''}`.trimEnd(),
    ...Object.entries(headers)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, header]) => `    ${printableValue(name)}: ${printableValue(headerText(header))}`),
    `  value    ${value === null ? absentText(event) : `${value.length} bytes`}`,
    ...(value === null ? [] : indented(valueText(value))),
  ];
  return lines.join('\n');
}

function absentText({ bytes, headers }: WholeEvent): string {
  if (typeof bytes === 'number')
    return `${bytes} bytes, not shown: too large for one listing; --limit 1 shows the value`;
  const excess = headers[TOO_LARGE];
  return typeof excess === 'string' ? `not stored: ${printableValue(excess)}` : 'none (a tombstone)';
}

/** The total size of all values, in bytes. */
export const bytesOf = (events: readonly Pick<WholeEvent, 'value'>[]): number =>
  events.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);

/** The largest total size of the values that a command prints, in bytes. */
export const ANSWER_BYTES = 8 * 1024 * 1024;

/** The same limit; undefined for a single event, which may have any size. */
export const valueBytes = (limit: number): number | undefined => (limit === 1 ? undefined : ANSWER_BYTES);

const placeText = ({ topic, partition, position }: WholeEvent): string =>
  position == null ? '' : ` at ${printableValue(topic)}/${partition}@${position}`;

const indented = (text: string): string[] => text.split('\n').map((line) => `    ${line}`);

function headerText(header: ParkedHeader): string {
  if (Array.isArray(header)) return header.map(headerText).join(', ');
  return typeof header === 'string' ? header : `base64:${header.base64}`;
}

/** Pretty-prints JSON if that loses nothing (a number can have too many digits); otherwise returns base64. */
function valueText(value: Buffer): string {
  const parsed = jsonOf(value);
  if (!('data' in parsed)) return `base64:${value.toString('base64')}`;
  const text = value.toString();
  return JSON.stringify(parsed.data) === text ? JSON.stringify(parsed.data, null, 2) : text;
}

function jsonOf(value: Buffer | null): { data?: unknown } {
  if (value === null) return {};
  try {
    return { data: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value)) as unknown };
  } catch {
    return {};
  }
}

import type { IncomingMessage } from '../../../src/runtime/events/event/message.ts';
import { noteWritten, type Fixture } from './consumer-fixture.ts';

/** A message about a note, with `bytes` characters of text or more, as Kafka delivers it. */
export const noteMessage = (id: string, { key = 'a', offset = '0', bytes = 0 } = {}): IncomingMessage => ({
  ...{ topic: noteWritten.topic, partition: 0, offset, key },
  value: JSON.stringify({ text: id.padEnd(bytes, '.') }),
  headers: { ce_id: id, ce_source: 'test', ce_type: noteWritten.type },
});

/** Deletes the parked events and the effects of an earlier test. */
export async function emptyTables({ database }: Fixture): Promise<void> {
  for (const table of ['effect', 'event_parked', 'event_parked_keys']) await database(table).delete();
}

/** Returns the texts that the handlers have inserted, oldest first. */
export const effectsIn = async ({ database }: Fixture): Promise<string[]> =>
  database('effect').orderBy('id').pluck('text');

import {
  defineEvent,
  defineProjection,
  type EventDefinition,
  type ProjectionBatchHandler,
  type ProjectionDefinition,
  type ProjectionTransaction,
  type ReceivedEvent,
} from 'microservice-runtime';
import joi from 'joi';
import type { Knex } from 'knex';

/** The data of every event in the benchmark: its number, and 200 bytes of text. */
export interface Note {
  number: number;
  text: string;
}

export const text = 'x'.repeat(200);
/** Each row changes several times in a rebuild. */
export const rows = 20_000;
export const keyOf = (number: number): string => `note-${number % rows}`;
export const partitions = 6;

export const noteWrittenIn = (topic: string) =>
  defineEvent<Note>({
    type: 'note.written',
    version: 1,
    topic,
    aggregate: 'note',
    schema: joi.object({ number: joi.number().required(), text: joi.string().required() }),
  });

export interface Notes {
  find(id: string): Promise<{ id: string; changes: number } | undefined>;
}

/** One statement for all rows of a batch. PostgreSQL refuses to change a row twice in one statement, so the last change of each counts. */
export const upsert = (table: string): string => `
  insert into ${table} as old (id, number, text, changes)
  select id, max(number), (array_agg(text order by number desc))[1], count(*)
  from unnest(?::text[], ?::int[], ?::text[]) as note (id, number, text) group by id
  on conflict (id) do update set number = excluded.number, text = excluded.text, changes = old.changes + excluded.changes`;

export const createTable = (table: string): string =>
  `create table ${table} (id text primary key, number integer not null, text text not null, changes integer not null)`;

/** The number of notes of each key; with `inBatches`, several events are written by one statement. */
export function summaryOf(
  noteWritten: EventDefinition<Note>,
  version: number,
  inBatches = true,
): ProjectionDefinition<Notes> {
  const table = `notes_v${version}`;
  const write: ProjectionBatchHandler<Note> = (events, trx) =>
    trx.raw(upsert(table), [
      events.map(({ subject }) => subject),
      events.map(({ data }) => data.number),
      events.map(({ data }) => data.text),
    ]);
  const one = (event: ReceivedEvent<Note>, trx: ProjectionTransaction) => write([event], trx);
  const settings = {
    ...{ name: 'notes', version },
    read: (database: Knex): Notes => ({
      find: (id) => database(table).where({ id }).first('id', 'changes'),
    }),
  };
  if (inBatches) return defineProjection({ ...settings, on: [], onBatch: [[noteWritten, write]] });
  return defineProjection({ ...settings, on: [[noteWritten, one]] });
}

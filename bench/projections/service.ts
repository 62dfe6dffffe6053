import { connectDatabase, createEventBus, createKafkaDriver, createLogger } from 'microservice-runtime';
import { up as createInbox } from 'microservice-runtime/tables/event-inbox';
import { up as createInbox2 } from 'microservice-runtime/tables/event-inbox-2';
import { up as createParked } from 'microservice-runtime/tables/event-parked';
import { up as createProjections } from 'microservice-runtime/tables/projections';
import { dropVersion } from '../../src/runtime/projections/operations/drop.ts';
import { beginRebuild } from '../../src/runtime/projections/operations/rebuild.ts';
import { configOf } from '../events/note.ts';
import { now, serve } from '../events/program.ts';
import { untilRead } from './arrival.ts';
import { createTable, keyOf, noteWrittenIn, rows, summaryOf } from './note-summary.ts';
import { readAtRate } from './reading.ts';

/** A service with the projection `notes`: `service <database url> <bootstrap servers> <topic>`. */
const [databaseUrl = '', bootstrapServers = '', topic = ''] = process.argv.slice(2);
const config = configOf('notes', databaseUrl, bootstrapServers);
const database = connectDatabase(config);
const logger = createLogger(config, process.stderr);
const driver = createKafkaDriver(config.kafka, { clientId: 'bench', logger });
const noteWritten = noteWrittenIn(topic);
/** Version 1 is read; the others are rebuilt, and dropped. */
const kinds = {
  'batch handler': { inBatches: true, consumer: {} },
  'batch handler, 200 events a batch': { inBatches: true, consumer: { largestBatch: 200 } },
  'one event at a time': { inBatches: false, consumer: {} },
};
export type Kind = keyof typeof kinds;

const first = summaryOf(noteWritten, 1);
const newBus = (version: number, { inBatches, consumer }: (typeof kinds)[Kind]) => {
  const bus = createEventBus({
    ...{ config, database, logger, consumer },
    contracts: { published: [], consumed: [noteWritten] },
  });
  const notes = bus.addProjection(
    first,
    ...(version > 1 ? [summaryOf(noteWritten, version, inBatches)] : []),
  );
  return { bus, notes };
};
let current = newBus(1, kinds['batch handler']);
const groupOf = (version: number): string => `${config.kafka.groupId}.notes.v${version}`;

const read = (rate: number, signal: AbortSignal): Promise<number[]> =>
  readAtRate(rate, signal, async (number) => {
    await current.notes.read((notes) => notes.find(keyOf((number * 7_919) % rows)));
  });

const api = {
  async createTables() {
    for (const create of [createInbox, createInbox2, createParked, createProjections]) await create(database);
    await database.raw(createTable('notes_v1'));
  },
  /** Resolves when version 1 has all events. */
  async start() {
    await current.bus.start();
    await untilRead(database, driver, topic, groupOf(1));
  },
  /**
   * Rebuilds the notes as another version, and drops that one. Resolves to the events per second, and to the milliseconds of each of
   * `reads` reads per second.
   */
  async rebuild(version: number, kind: Kind, reads = 0) {
    await database.raw(createTable(`notes_v${version}`));
    await current.bus.stop();
    current = newBus(version, kinds[kind]);
    await current.bus.start();
    await beginRebuild(database, driver, { projection: 'notes' });
    const begun = now();
    const done = new AbortController();
    const reading = reads > 0 ? read(reads, done.signal) : [];
    const rate = await untilRead(database, driver, topic, groupOf(version));
    const seconds = (now() - begun) / 1_000;
    done.abort();
    await dropVersion(database, { projection: 'notes', version });
    return { rate, seconds, times: await reading };
  },
  /** Resolves to the milliseconds of each read of one row. */
  read: (rate: number, seconds: number) => read(rate, AbortSignal.timeout(seconds * 1_000)),
};

export type NoteService = typeof api;
serve(api);

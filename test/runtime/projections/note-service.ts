import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createEventBus, type EventBus } from '../../../src/runtime/events/event-bus.ts';
import {
  defineProjection,
  type ProjectionDefinition,
  type ProjectionHandler,
} from '../../../src/runtime/projections/definition/projection.ts';
import { readVersions, type StoredVersion } from '../../../src/runtime/projections/store/versions.ts';
import { up as createOutbox } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createProjections } from '../../../src/runtime/tables/projections.ts';
import {
  createFixture,
  noteBurnt,
  noteWritten,
  type Fixture,
  type Note,
} from '../events/consumer-fixture.ts';

/** The queries of the projection of a test. */
export interface Notes {
  version: number;
  texts(key: string): Promise<string | undefined>;
}

/** A database with the tables of projections, a broker with one topic, and replicas of a service. */
export interface NoteWorld extends Fixture {
  /** The number of the test: the name of its projection, and the keys of its notes, contain it. */
  name: string;
  registry: Registry;
  /** Creates the table of a version, and defines the version: the texts of a key, joined by `joint`. */
  define(
    version: number,
    joint: string,
    before?: ProjectionHandler<Note>,
  ): Promise<ProjectionDefinition<Notes>>;
  /** A replica of the service, not yet started. */
  replica(): EventBus;
  versions(): Promise<StoredVersion[]>;
  /** Waits until a version is at the end of the topic. */
  untilEnd(version: number): Promise<void>;
  /** Begins the next test. */
  next(): Promise<void>;
  stop(): Promise<void>;
}

export async function createNoteWorld(): Promise<NoteWorld> {
  const fixture = await createFixture(2);
  const { database, logger, config, driver } = fixture;
  await createOutbox(database);
  await createProjections(database);
  const buses: EventBus[] = [];
  const registry = new Registry();
  let tests = 0;

  const world: NoteWorld = {
    ...{ ...fixture, registry, name: '' },
    async define(version, joint, before = async () => {}) {
      const table = `${world.name.replaceAll('-', '_')}_v${version}`;
      await database.raw(`create table if not exists ${table} (key text primary key, texts text not null)`);
      return defineProjection({
        ...{ name: world.name, version },
        on: [
          [
            noteWritten,
            async (event, trx) => {
              await before(event, trx);
              await trx.raw(
                `insert into ${table} as old values (?, ?) on conflict (key) do update set texts = old.texts || ? || excluded.texts`,
                [event.subject, event.data.text, joint],
              );
            },
          ],
        ],
        read: (trx) => ({
          version,
          texts: async (key: string): Promise<string | undefined> =>
            (await trx(table).where({ key }).first('texts'))?.texts,
        }),
      });
    },
    replica() {
      registry.clear();
      const bus = createEventBus({
        ...{ database, logger, registry, config },
        contracts: { published: [noteBurnt, noteWritten], consumed: [noteWritten] },
        consumer: { parkDelay: { first: 600_000, max: 600_000 }, inPlaceDelays: [10] },
      });
      buses.push(bus);
      return bus;
    },
    versions: () => readVersions(database, world.name),
    async untilEnd(version) {
      const group = `${config.kafka.groupId}.${world.name}.v${version}`;
      const isAtEnd = async (): Promise<boolean> => {
        const ends = await driver.topicOffsets(noteWritten.topic);
        const { rows } = await database.raw<{ rows: { partition: number; position: string }[] }>(
          'select partition, position from event_positions where consumer_group = ?',
          [group],
        );
        return ends.every(({ partition, high }) =>
          rows.some((row) => row.partition === partition && Number(row.position) === high),
        );
      };
      await waitFor(isAtEnd, { message: `${group} is at the end` });
    },
    async next() {
      tests += 1;
      world.name = `notes-${tests}`;
    },
    async stop() {
      await Promise.all(buses.splice(0).map((bus) => bus.stop()));
    },
  };
  return world;
}

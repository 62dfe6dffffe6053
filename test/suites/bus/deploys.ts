import assert from 'node:assert/strict';
import { connectDatabase, createEventBus, createLogger, type ServiceConfig } from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Suite } from './bus-suite.ts';
import { isLoud, suiteConfig } from './order-world.ts';
import { joinGroup, withProducer } from './raw-kafka.ts';

const partitions = [0, 1, 2, 3];

interface Instance {
  /** The partitions that it has, as `topic/partition`. */
  places: () => string[];
  log: string[];
  stop: () => Promise<void>;
}

/** Instances of a service: version 1 consumes one topic, version 2 one more. */
export function deployBehaviour({ world, broker }: Suite): void {
  let started: Instance[];
  let sent: string[];
  let topics: { old: string; added: string };

  beforeEach(() => {
    const { topic } = world();
    [started, sent, topics] = [[], [], { old: `${topic}-old`, added: `${topic}-added` }];
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      console.log(started.flatMap(({ log }) => log.filter(isLoud)).join(''));
    await Promise.all(started.map(({ stop }) => stop()));
  });

  const configOf = (): ServiceConfig =>
    suiteConfig({
      serviceName: `deployed-${world().topic}`,
      databaseUrl: String(world().copies.client.config.connection.connectionString),
      bootstrapServers: broker().bootstrapServers,
    });

  async function start(...heard: string[]): Promise<Instance> {
    const config = configOf();
    const database = connectDatabase(config);
    const log: string[] = [];
    const logger = createLogger(config, { write: (line) => void log.push(line) });
    const bus = createEventBus({ config, database, contracts: { published: [], consumed: [] }, logger });
    bus.subscribe({
      topics: heard,
      handler: (event, trx) => trx('effects').insert({ order_id: event.id, revision: 1 }),
    });
    const places = (): string[] =>
      bus.status().consumers.flatMap((group) => group.partitions.map((at) => `${at.topic}/${at.partition}`));
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await bus.stop();
      await database.destroy();
    };
    const instance = { places, log, stop: () => (stopped ??= stop()) };
    started.push(instance);
    await bus.start();
    return instance;
  }

  const version1 = (): Promise<Instance> => start(topics.old);
  const version2 = (): Promise<Instance> => start(topics.old, topics.added);

  /** Sends an event to every partition of the topics, and resolves when each event that was ever sent is handled, once. */
  async function assertAllHandled(...of: string[]): Promise<void> {
    await withProducer(broker().bootstrapServers, async (producer) => {
      for (const topic of of) {
        const messages = partitions.map((partition) => {
          const id = `${topic}/${partition}-${sent.length}`;
          sent.push(id);
          return {
            partition,
            value: '{}',
            headers: { ce_id: id, ce_type: 'deploy.seen', ce_source: 'test' },
          };
        });
        await producer.send({ topic, messages });
      }
    });
    const handled = (): Promise<string[]> => world().copies('effects').orderBy('order_id').pluck('order_id');
    await waitFor(async () => (await handled()).length >= sent.length, {
      message: `${sent.length} events handled`,
    });
    assert.deepEqual(new Set(await handled()), new Set(sent));
    assert.equal((await handled()).length, sent.length);
  }

  /** Resolves when every partition of the topics has one owner, and each of the instances has at least one. */
  async function allOwned(instances: Pick<Instance, 'places'>[], ...of: string[]): Promise<void> {
    const all = of.flatMap((topic) => partitions.map((partition) => `${topic}/${partition}`)).toSorted();
    await waitFor(
      () => {
        const owned = instances.flatMap(({ places }) => places());
        return (
          JSON.stringify(owned.toSorted()) === JSON.stringify(all) &&
          instances.every(({ places }) => places().length > 0)
        );
      },
      { timeout: 15_000, message: `an owner for ${all.join(', ')}` },
    );
  }

  it('a deploy that adds a topic leaves no partition unassigned, whichever version leads the group', async () => {
    const { old, added } = topics;
    const [first, second] = [await version1(), await version1()];
    await allOwned([first, second], old);
    await assertAllHandled(old);
    const third = await version2();
    await allOwned([first, second, third], old, added);
    await assertAllHandled(old, added);
    await first.stop();
    await assertAllHandled(old, added);
    const fourth = await version2();
    await second.stop();
    await allOwned([third, fourth], old, added);
    await assertAllHandled(old, added);
  });

  it('a rollback leaves the added topic to the members that still consume it', async () => {
    const { old, added } = topics;
    const newer = await version2();
    await allOwned([newer], old, added);
    const older = await version1();
    await allOwned([newer, older], old, added);
    assert.ok(older.places().every((place) => place.startsWith(old)));
    await assertAllHandled(old, added);
  });

  it('a new member shares partitions with members that know only the assigner of KafkaJS', async () => {
    const { old } = topics;
    const [first] = [await version1(), await version1()];
    await assertAllHandled(old);
    const { groupId } = configOf().kafka;
    const foreign = await joinGroup(broker().bootstrapServers, groupId, old);
    await allOwned([...started, foreign], old);
    await first.stop();
    await allOwned([...started.slice(1), foreign], old);
    await foreign.leave();
    await allOwned(started.slice(1), old);
    await assertAllHandled(old);
  });
}

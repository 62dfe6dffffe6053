import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import type { Consumers } from '../../../src/runtime/events/consumer/groups.ts';
import { jdkMissing, skipWithoutKafka, startKafkaOrSkip, type Kafka } from '../../support/kafka.ts';
import {
  startTransactionalProducer,
  type TransactionalProducer,
} from '../../support/real-kafka/transactional-producer.ts';
import { createFixture, noteWritten, type Fixture } from './consumer-fixture.ts';

describe('a consumer of records that a transactional Java producer sends', function () {
  this.timeout(120_000);
  let kafka: Kafka | undefined;
  let fixture: Fixture;
  let producer: TransactionalProducer | undefined;
  let consumers: Consumers;
  let looks = 0;
  let rebuiltAtStart = '';
  const registry = new Registry();
  const texts: string[] = [];

  before(async function () {
    skipWithoutKafka(this, jdkMissing());
    kafka = await startKafkaOrSkip(this);
    fixture = await createFixture(1, kafka.bootstrapServers);
    producer = await startTransactionalProducer(kafka.bootstrapServers, noteWritten);
    const driver = { ...fixture.driver };
    // the watchdog queries the end of the log at each check
    driver.topicOffsets = (topic) => {
      looks += 1;
      return fixture.driver.topicOffsets(topic);
    };
    consumers = fixture.consumers({ registry, driver, silenceTimeout: 4_000, commitInterval: 100 });
    consumers.on(noteWritten, async ({ data }) => void texts.push(data.text));
    consumers.start();
    // the coordinator of a new broker may still be loading
    await waitFor(() => lag() !== undefined, { timeout: 20_000 });
    rebuiltAtStart = await rebuilds();
  });
  after(async () => {
    await producer?.stop();
    await fixture?.close();
    await kafka?.stop();
  });

  const lag = (): number | undefined => consumers.status()[0]?.partitions[0]?.lag;
  const stored = async (): Promise<number> =>
    Number((await fixture.database('event_positions').first('position'))?.position);
  const end = async (): Promise<number | undefined> =>
    (await fixture.driver.topicOffsets(noteWritten.topic))[0]?.high;

  const rebuilds = async (): Promise<string> =>
    /rebuilds_total\{[^}]+\} (\d+)/.exec(await registry.metrics())?.[1] ?? '0';

  /** The watchdog reports a stall after two of them. */
  async function watchdogLooks(times: number): Promise<void> {
    const before = looks;
    await waitFor(() => looks >= before + times, { timeout: 20_000 });
  }
  async function assertCaughtUp(): Promise<void> {
    await waitFor(async () => lag() === 0 && (await stored()) === (await end()), { timeout: 20_000 });
    await watchdogLooks(3);
    assert.equal(lag(), 0);
    assert.equal(await rebuilds(), rebuiltAtStart, fixture.log.map(({ msg }) => msg).join('\n'));
  }

  it('handles committed but not aborted records, and is at the end afterwards', async () => {
    assert.ok(producer);
    await fixture.send('a', 'ours 1');
    await producer.commit('c1', 'c2');
    await waitFor(() => texts.length === 3, { timeout: 20_000 });
    await assertCaughtUp();
    await producer.abort('x1', 'x2');
    await assertCaughtUp();
    await producer.commit('c3');
    await producer.abort('x3');
    await fixture.send('a', 'ours 2');
    await producer.abort('x4');
    await waitFor(() => texts.length === 5, { timeout: 20_000 });
    await assertCaughtUp();
    assert.deepEqual(texts, ['ours 1', 'c1', 'c2', 'c3', 'ours 2']);
  });

  it('waits for an open transaction without treating it as a stall', async () => {
    assert.ok(producer);
    const before = texts.length;
    await producer.open('o1');
    await fixture.send('a', 'ours 3');
    await watchdogLooks(4);
    assert.equal(lag(), 0);
    assert.equal(texts.length, before);
    await producer.close();
    await waitFor(() => texts.length === before + 2, { timeout: 20_000 });
    assert.deepEqual(texts.slice(before), ['o1', 'ours 3']);
    await assertCaughtUp();
  });
});

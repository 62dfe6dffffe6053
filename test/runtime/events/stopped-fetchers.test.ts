import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { endStoppedFetchers } from '../../../src/runtime/events/kafka/kafkajs/fixes.ts';

interface Runner {
  start(): Promise<void>;
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);
const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };

/** The moment cannot be arranged with a real broker, so the group of the member is a stand-in. */
describe('a member whose brokers change while it stops', () => {
  it('stops', async () => {
    endStoppedFetchers();
    const RunnerOfKafkaJs = require('kafkajs/src/consumer/runner') as new (options: object) => Runner;
    let nodeIds = [1, 2];
    let looks = 0;
    const ends = new Map<number, () => void>();
    const consumerGroup = {
      connect: async () => {},
      joinAndSync: async () => {},
      leave: async () => {},
      heartbeat: async () => {},
      fetch: (nodeId: number) => new Promise<[]>((resolve) => ends.set(nodeId, () => resolve([]))),
      getNodeIds() {
        looks += 1;
        if (looks > 1_000) throw new Error('the member fetches although it is stopped'); // else nothing ends this process
        return nodeIds;
      },
    };
    const runner = new RunnerOfKafkaJs({
      ...{ logger, consumerGroup, instrumentationEmitter: { emit() {} }, concurrency: 1 },
      ...{ onCrash: assert.ifError, retry: { initialRetryTime: 1 } },
    });
    await runner.start();
    nodeIds = [1];
    ends.get(2)?.(); // its fetcher sees the change, and waits for the other one
    await new Promise(setImmediate);
    const stopped = runner.stop();
    ends.get(1)?.();
    await stopped;
    assert.ok(looks < 20, `${looks} fetches`);
  });
});

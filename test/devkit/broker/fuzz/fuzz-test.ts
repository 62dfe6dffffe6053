import assert from 'node:assert/strict';
import { startBrokerProcess, type BrokerProcess } from '../broker-process.ts';
import { addOlderVersions, captureKafkaJs, createCollection, type Collection } from './capture.ts';
import { addEveryVersion } from './every-version.ts';
import { fuzz, type FuzzResult } from './fuzz.ts';

/** Per partition, so data appended by mutated requests does not look like a leak. */
const RETENTION_BYTES = 64 * 1024;

export interface FuzzTest {
  count: number;
  /** Adds other requests to those of KafkaJS. */
  alsoCapture?: (collection: Collection) => Promise<void>;
  check?: (result: FuzzResult) => void;
}

/** FUZZ_SEED and FUZZ_COUNT change the requests that are sent. */
export function describeFuzz({ count: defaultCount, alsoCapture, check }: FuzzTest): void {
  const seed = Number(process.env.FUZZ_SEED ?? 1);
  const count = Number(process.env.FUZZ_COUNT ?? defaultCount);

  describe(`${count} mutated requests`, () => {
    let broker: BrokerProcess;

    before(async () => {
      broker = await startBrokerProcess(undefined, { retentionBytes: RETENTION_BYTES });
    });
    after(() => broker.kill());

    it('get errors of Kafka or a closed connection, and other clients continue', async function () {
      this.timeout(600_000);
      const collection = createCollection();
      await captureKafkaJs(broker.bootstrapServers, collection);
      await alsoCapture?.(collection);
      const captures = collection.kinds().length;
      await addOlderVersions(collection);
      await addEveryVersion(broker.bootstrapServers, collection);
      assert.ok(captures >= 25, `${captures} kinds of requests were captured`);
      const result = await fuzz(broker, { count, seed, requests: collection.requests() });
      console.log(`      seed ${seed}, ${captures} captured kinds: ${report(result)}`);
      assert.ok(result.outcomes.answered > count / 4, 'most requests end at the first look');
      check?.(result);
    });
  });
}

function report({ outcomes, memory }: FuzzResult): string {
  const counts = Object.entries(outcomes).map(([name, number]) => `${number} ${name}`);
  const megabytes = memory.map((bytes) => Math.round(bytes / 1e6));
  return `${counts.join(', ')}; ${megabytes.join(', ')} MB resident`;
}

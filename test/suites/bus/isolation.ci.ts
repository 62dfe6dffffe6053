import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');

/** The tests that involve PostgreSQL; tests of Kafka alone are omitted. */
const suites = [
  'test/suites/bus/embedded-broker.test.ts',
  'test/faults/properties/*.test.ts',
  'test/runtime/commands/dead-letters.test.ts',
  'test/runtime/commands/replay.test.ts',
  'test/runtime/events/consumer.test.ts',
  'test/runtime/events/consumer-parked.test.ts',
  'test/runtime/events/inbox.test.ts',
  'test/runtime/events/parked-runner.test.ts',
  'test/runtime/events/outbox.test.ts',
  'test/runtime/events/outbox-dead-letters.test.ts',
  'test/runtime/events/relay.test.ts',
];

describe('the suites of the event bus', function () {
  this.timeout(600_000);

  // at read committed, the default of PostgreSQL, npm test runs them
  for (const level of ['repeatable read', 'serializable']) {
    it(`pass on databases whose default isolation is ${level}`, async () => {
      const child = spawn(process.execPath, [mocha, '--reporter', 'dot', ...suites], {
        cwd: root,
        env: { ...process.env, TEST_DATABASE_ISOLATION: level },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      const [status] = (await once(child, 'close')) as [number | null];
      assert.equal(status, 0, output.slice(-8_000));
      assert.match(output, /^\s+\d+ passing/m);
    });
  }
});

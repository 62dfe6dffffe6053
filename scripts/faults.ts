// npm run test:faults [-- --short] [-- --seed N] ...: tests the event bus under faults, on real Kafka and PostgreSQL.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.dirname(import.meta.dirname);
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    events: { type: 'string' },
    faults: { type: 'string' },
    rate: { type: 'string' },
    minutes: { type: 'string' },
    short: { type: 'boolean' },
    grep: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(`npm run test:faults [-- --short] [-- --seed N] ...

Lets two banks send each other money while processes, brokers, databases and connections fail, and checks every transfer. Then three
services process orders as sagas, a thousand at a time (60 with --short), and each order is checked.
  --seed N     draw the same faults again
  --events N   at least so many events (100000; 10000 with --short)
  --faults N   at least so many faults, as many of each kind (60; 9 with --short)
  --rate N     transfers a second (80; 60 with --short)
  --minutes N  a part of it that takes longer has failed
  --short      minutes instead of half an hour
  --grep TEXT  only tests whose titles contain TEXT`);
  process.exit(0);
}

const { grep, ...flags } = values;
// the long campaign runs all of them
const fewMutations = values.short ? { MUTATIONS: '4' } : {};
const variables = Object.entries(flags).map(([name, value]) => [
  `FAULTS_${name.toUpperCase()}`,
  String(value),
]);
const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const { status } = spawnSync(
  process.execPath,
  [mocha, 'test/faults/**/*.faults.ts', ...(grep === undefined ? [] : ['--grep', grep])],
  { cwd: root, stdio: 'inherit', env: { ...fewMutations, ...process.env, ...Object.fromEntries(variables) } },
);
process.exit(status ?? 1);

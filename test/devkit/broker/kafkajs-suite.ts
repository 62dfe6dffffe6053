/**
 * Runs KafkaJS's own test suite on the embedded broker, where its authors run it on Apache Kafka 2.4:
 * `npx tsx test/devkit/broker/kafkajs-suite.ts <checkout of tulios/kafkajs> [jest's options and paths]`.
 * The suite looks for brokers 0 to 2 at localhost:9092, 9095 and 9098, which must be free: one broker, 0, takes all three.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBroker } from '../../../src/devkit/broker/broker.ts';

const PORT = 9092;
const OTHER_PORTS = [9095, 9098];

interface TestResult {
  fullName: string;
  status: 'passed' | 'failed' | 'pending' | 'todo';
  failureMessages: string[];
}

interface Report {
  testResults: { name: string; message: string; assertionResults: TestResult[] }[];
}

async function main(checkout: string, options: string[]): Promise<void> {
  const broker = await startBroker({ port: PORT, advertisedHost: 'localhost', nodeId: 0 });
  const forwards = await Promise.all(OTHER_PORTS.map(forward));
  const directory = await mkdtemp(path.join(tmpdir(), 'kafkajs-suite-'));
  const file = path.join(directory, 'report.json');
  try {
    await runJest(checkout, [`--json`, `--outputFile=${file}`, ...options]);
    printReport(checkout, JSON.parse(await readFile(file, 'utf8')));
  } finally {
    for (const server of forwards) server.close();
    await broker.stop();
    await rm(directory, { recursive: true });
  }
}

/** The suite wants three brokers; every one of its connections ends at ours. */
async function forward(port: number): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(PORT, '127.0.0.1');
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
    upstream.on('close', () => client.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function runJest(checkout: string, options: string[]): Promise<void> {
  const jest = path.join(checkout, 'node_modules', 'jest', 'bin', 'jest.js');
  if (!existsSync(jest)) {
    const install = ['install', '--ignore-scripts', '--legacy-peer-deps', '--no-package-lock'];
    spawnSync('npm', install, { cwd: checkout, stdio: 'inherit' });
  }
  const fixed = ['--ci', '--forceExit', '--maxWorkers=2', '--reporters=default', '--silent'];
  const child = spawn(process.execPath, [jest, ...fixed, ...options], {
    cwd: checkout,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'test', KAFKA_VERSION: '2.4', KAFKAJS_DEBUG_PROTOCOL_BUFFERS: '1' },
  });
  await once(child, 'close');
}

function printReport(checkout: string, { testResults }: Report): void {
  const groups = new Map<string, { passed: number; failed: number; skipped: number }>();
  const failures: string[] = [];
  for (const { name, message, assertionResults } of testResults) {
    const file = path.relative(checkout, name);
    const [, group = ''] = file.split(path.sep);
    const sums = groups.get(group) ?? { passed: 0, failed: 0, skipped: 0 };
    groups.set(group, sums);
    for (const { status, fullName, failureMessages } of assertionResults) {
      sums[status === 'passed' || status === 'failed' ? status : 'skipped']++;
      if (status === 'failed') failures.push(`${file}: ${fullName}\n    ${summary(failureMessages)}`);
    }
    if (assertionResults.length === 0) failures.push(`${file}\n    ${summary([message])}`);
  }
  for (const failure of failures) console.log(failure);
  console.table(Object.fromEntries(groups));
}

/** The first lines of the messages, without the stack. */
function summary(messages: string[]): string {
  const lines = messages.join('\n').split('\n');
  return lines
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(0, 3)
    .map((line) => line.trim())
    .join(' | ');
}

const [checkout, ...options] = process.argv.slice(2);
if (!checkout) {
  console.error('Name a checkout of tulios/kafkajs: npx tsx test/devkit/broker/kafkajs-suite.ts ../kafkajs');
  process.exit(2);
}
await main(path.resolve(checkout), options);

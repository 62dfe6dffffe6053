import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseKafkaJson, tableText, type JsonMessage } from '../../devkit/broker/schema/kafka-json.ts';
import { messageTexts } from '../../devkit/broker/schema/message.ts';
import { javaMissing, skipWithoutKafka } from '../../support/kafka.ts';
import { kafkaClasspath } from '../../support/real-kafka/kafka-jars.ts';

/** Kafka's client library contains the definitions of all messages. */
describe('the tables of messages', function () {
  this.timeout(60_000);
  let definitions: JsonMessage[];

  before(async function () {
    skipWithoutKafka(this, javaMissing() ?? jarMissing());
    definitions = await readDefinitions();
  });

  const find = (key: number, type: string) =>
    definitions.find((each) => each.apiKey === key && each.type === type)!;

  for (const text of messageTexts()) {
    const [name, key] = text.split(' ');
    it(`define ${name} as Apache Kafka does`, () => {
      assert.equal(text, tableText(find(Number(key), 'request'), find(Number(key), 'response')));
    });
  }
});

function jarMissing(): string | undefined {
  try {
    execFileSync('jar', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return `jar, which a JDK has, does not run (${String(error)}): install a JDK`;
  }
}

async function readDefinitions(): Promise<JsonMessage[]> {
  const jar = (await kafkaClasspath()).split(':').find((path) => /kafka-clients-[\d.]+\.jar$/.test(path))!;
  const directory = await mkdtemp(join(tmpdir(), 'kafka-messages-'));
  try {
    execFileSync('jar', ['--extract', '--file', jar, 'common/message'], { cwd: directory });
    const folder = join(directory, 'common', 'message');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    return await Promise.all(
      files.map(async (name) => parseKafkaJson(await readFile(join(folder, name), 'utf8'))),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
}

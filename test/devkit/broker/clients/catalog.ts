import { createRequire } from 'node:module';

/** A client that a test of this repository runs against the embedded broker. */
export interface ListedClient {
  name: string;
  version: string;
  /** From the root of the repository. */
  test: string;
}

const load = createRequire(import.meta.url);
const kafkaJs: { version: string } = load('kafkajs/package.json');

/** The clients that docs/embedded-broker.md may name; clients.ci.ts installs these versions of the last four. */
export const clients = {
  kafkaJs: { name: 'KafkaJS', version: kafkaJs.version, test: 'test/devkit/broker/conformance.test.ts' },
  kcat: { name: 'kcat', version: '1.7.1, librdkafka 2.0.2', test: 'test/devkit/broker/kcat.ci.ts' },
  platformatic: {
    name: '@platformatic/kafka',
    version: '2.12.1',
    test: 'test/devkit/broker/clients.ci.ts',
  },
  java: { name: 'kafka-clients (Java)', version: '4.4.0', test: 'test/devkit/broker/clients.ci.ts' },
  confluent: {
    name: 'confluent-kafka (Python)',
    version: '2.16.1, librdkafka 2.16.0',
    test: 'test/devkit/broker/clients.ci.ts',
  },
  kafkaPython: {
    name: 'kafka-python',
    version: '3.0.12',
    test: 'test/devkit/broker/clients.ci.ts',
  },
} as const satisfies Record<string, ListedClient>;

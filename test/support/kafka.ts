import { execFileSync } from 'node:child_process';
import { startOwnKafka, type Kafka } from './real-kafka/own-kafka.ts';

export type { Kafka } from './real-kafka/own-kafka.ts';

const remedy = 'install Java 17 or newer, or name a running broker in KAFKA_BOOTSTRAP_SERVERS';

/** Returns the reason why real Kafka cannot be used here; undefined if it can. */
export function kafkaMissing(): string | undefined {
  return process.env.KAFKA_BOOTSTRAP_SERVERS ? undefined : javaMissing();
}

/** Returns the reason why we cannot run a broker here; undefined if we can. */
export function javaMissing(): string | undefined {
  try {
    // `--version` prints to stdout: "openjdk 17.0.15 2025-04-15"
    const version = execFileSync('java', ['--version'], { encoding: 'utf8' });
    const major = Number(/\s(\d+)/.exec(version)?.[1]);
    return major >= 17
      ? undefined
      : `Apache Kafka 4 needs Java 17, java is ${version.split('\n')[0]}: ${remedy}`;
  } catch (error) {
    return `java does not run (${String(error)}): ${remedy}`;
  }
}

/** Returns the reason why we cannot compile and run a Java program here; undefined if we can. */
export function jdkMissing(): string | undefined {
  const missing = javaMissing();
  if (missing) return missing;
  const modules = execFileSync('java', ['--list-modules'], { encoding: 'utf8' });
  return modules.includes('jdk.compiler')
    ? undefined
    : 'java has no compiler: install a JDK, such as the package openjdk-17-jdk-headless of Debian';
}

/** For a `before` hook: skips the suite with a printed reason if Kafka cannot run; fails in CI. */
export function skipWithoutKafka(context: Mocha.Context, reason = kafkaMissing()): void {
  if (!reason) return;
  if (process.env.CI) throw new Error(reason);
  console.log(`    skipped: ${reason}`);
  context.skip();
}

/** For a `before` hook: starts Kafka, or skips. */
export function startKafkaOrSkip(context: Mocha.Context): Promise<Kafka> {
  skipWithoutKafka(context);
  return startKafka();
}

/**
 * Resolves when the broker accepts requests: the one of KAFKA_BOOTSTRAP_SERVERS, else a broker of our own on a free loopback
 * port.
 */
export async function startKafka(): Promise<Kafka> {
  const bootstrapServers = process.env.KAFKA_BOOTSTRAP_SERVERS;
  return bootstrapServers ? foreignKafka(bootstrapServers) : startOwnKafka();
}

function foreignKafka(bootstrapServers: string): Kafka {
  const refuse = async () => {
    throw new Error(`${bootstrapServers} of KAFKA_BOOTSTRAP_SERVERS is not ours to stop`);
  };
  return { bootstrapServers, owned: false, stop: async () => {}, kill: refuse, restart: refuse };
}

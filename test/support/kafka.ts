import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../src/devkit/postgres/free-port.ts';
import { type BrokerProcess, startJava } from './real-kafka/broker-process.ts';
import { kafkaCache, kafkaClasspath } from './real-kafka/kafka-jars.ts';
import { type Ports, serverProperties } from './real-kafka/server-properties.ts';

export interface Kafka {
  bootstrapServers: string;
  /** False for the broker of KAFKA_BOOTSTRAP_SERVERS, which is not ours to stop. */
  owned: boolean;
  /** Stops it for good and removes its data. Safe to call twice. */
  stop: () => Promise<void>;
  /** SIGKILL; the data stays for `restart`. */
  kill: () => Promise<void>;
  /** Stops it where it still runs, and starts it at the same address with the same data. */
  restart: () => Promise<void>;
}

const clusterId = 'Y3JlYXRlLW1pY3Jvc2Vydg';
const jvm = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const log4j = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'real-kafka', 'log4j2.yaml')}`;

/** Says why real Kafka cannot run here; undefined when it can. */
export function kafkaMissing(): string | undefined {
  if (process.env.KAFKA_BOOTSTRAP_SERVERS) return undefined;
  const remedy = 'install Java 17 or newer, or name a running broker in KAFKA_BOOTSTRAP_SERVERS';
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

/** For a `before` hook: starts Kafka, or skips the suite with a printed reason; in CI a missing Kafka is a failure. */
export async function startKafkaOrSkip(context: Mocha.Context): Promise<Kafka> {
  const reason = kafkaMissing();
  if (!reason) return startKafka();
  if (process.env.CI) throw new Error(reason);
  console.log(`    skipped: ${reason}`);
  return context.skip();
}

/** Resolves when the broker takes requests: the one of KAFKA_BOOTSTRAP_SERVERS, else one of our own on a free port of loopback. */
export async function startKafka(): Promise<Kafka> {
  const bootstrapServers = process.env.KAFKA_BOOTSTRAP_SERVERS;
  return bootstrapServers ? foreignKafka(bootstrapServers) : ownKafka();
}

function foreignKafka(bootstrapServers: string): Kafka {
  const refuse = async () => {
    throw new Error(`${bootstrapServers} of KAFKA_BOOTSTRAP_SERVERS is not ours to stop`);
  };
  return { bootstrapServers, owned: false, stop: async () => {}, kill: refuse, restart: refuse };
}

async function ownKafka(): Promise<Kafka> {
  const classpath = await kafkaClasspath();
  const directory = await mkdtemp(join(tmpdir(), 'real-kafka-'));
  const ports: Ports = {
    broker: await findFreePort('127.0.0.1'),
    controller: await findFreePort('127.0.0.1'),
  };
  const properties = join(directory, 'server.properties');
  await writeFile(properties, serverProperties(join(directory, 'data'), ports));
  await cp(await formattedStorage(classpath, properties), join(directory, 'data'), { recursive: true });

  const start = () =>
    startJava(
      [...jvm, log4j, '-cp', classpath, 'kafka.Kafka', properties],
      directory,
      /Kafka Server started/,
    );
  let broker: BrokerProcess = await start();
  return {
    bootstrapServers: `127.0.0.1:${ports.broker}`,
    owned: true,
    async stop() {
      await broker.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
    kill: () => broker.end('SIGKILL'),
    async restart() {
      await broker.end('SIGTERM');
      broker = await start();
    },
  };
}

/** Formatting takes a JVM of its own, about a second; its result is the same every time, so it is kept in the cache. */
async function formattedStorage(classpath: string, properties: string): Promise<string> {
  const formatted = join(kafkaCache(), 'formatted-1');
  if (existsSync(formatted)) return formatted;
  const directory = join(properties, '..', 'data');
  const main = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  execFileSync('java', [...jvm, log4j, '-cp', classpath, ...main], { stdio: 'pipe' });
  await mkdir(kafkaCache(), { recursive: true });
  const partial = await mkdtemp(`${formatted}-`);
  await cp(directory, partial, { recursive: true });
  await rm(directory, { recursive: true });
  await rename(partial, formatted).catch(() => rm(partial, { recursive: true }));
  return formatted;
}

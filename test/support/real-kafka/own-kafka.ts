import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';
import { startJava, type BrokerProcess } from './broker-process.ts';
import { kafkaCache, kafkaClasspath } from './kafka-jars.ts';
import { serverProperties, type Ports, type SecureListener } from './server-properties.ts';

export interface Kafka {
  bootstrapServers: string;
  /** False for the broker of KAFKA_BOOTSTRAP_SERVERS, which is not ours to stop. */
  owned: boolean;
  /** Stops it permanently and deletes its data. Safe to call twice. */
  stop: () => Promise<void>;
  /** SIGKILL; the data stays for `restart`. */
  kill: () => Promise<void>;
  /** Stops it if it still runs, and starts it at the same address with the same data. */
  restart: () => Promise<void>;
}

const clusterId = 'Y3JlYXRlLW1pY3Jvc2Vydg';
const log4j = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.yaml')}`;
const jvm = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', log4j];

/** Resolves when a broker of our own accepts requests, on free loopback ports; it ends with this process at the latest. */
export async function startOwnKafka(secure?: SecureListener): Promise<Kafka> {
  const classpath = await kafkaClasspath();
  const directory = await mkdtemp(join(tmpdir(), 'real-kafka-'));
  const ports: Ports = {
    broker: await findFreePort('127.0.0.1'),
    controller: await findFreePort('127.0.0.1'),
  };
  const properties = join(directory, 'server.properties');
  await writeFile(properties, serverProperties(join(directory, 'data'), ports, secure));
  if (secure) formatStorage(classpath, properties, scramUsers(secure));
  else await cp(await formattedStorage(classpath, properties), join(directory, 'data'), { recursive: true });

  const start = () => startNode(classpath, properties, directory);
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

/** Resolves when the node of a properties file accepts requests. @param directory deleted if we die before it */
export const startNode = (classpath: string, properties: string, directory: string): Promise<BrokerProcess> =>
  startJava([...jvm, '-cp', classpath, 'kafka.Kafka', properties], directory, /Kafka Server started/);

/** Formatting needs a separate JVM and about a second; its result is always the same, so it is cached. */
export async function formattedStorage(classpath: string, properties: string): Promise<string> {
  const formatted = join(kafkaCache(), 'formatted-1');
  if (existsSync(formatted)) return formatted;
  const directory = join(properties, '..', 'data');
  formatStorage(classpath, properties);
  await mkdir(kafkaCache(), { recursive: true });
  const partial = await mkdtemp(`${formatted}-`);
  await cp(directory, partial, { recursive: true });
  await rm(directory, { recursive: true });
  await rename(partial, formatted).catch(() => rm(partial, { recursive: true }));
  return formatted;
}

function formatStorage(classpath: string, properties: string, more: string[] = []): void {
  const main = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties, ...more];
  execFileSync('java', [...jvm, '-cp', classpath, ...main], { stdio: 'pipe' });
}

const scramUsers = ({ username, password }: SecureListener): string[] =>
  ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${username},password=${password}]`,
  ]);

import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../src/devkit/postgres/server/free-port.ts';
import type { BrokerProcess } from './broker-process.ts';
import { kafkaClasspath } from './kafka-jars.ts';
import { formattedStorage, startNode } from './own-kafka.ts';
import { propertiesText } from './server-properties.ts';

export interface ClusterNode {
  /** Its `node.id`, starting at 1. */
  id: number;
  /** SIGKILL; the data stays. */
  kill(): Promise<void>;
  /** SIGTERM: it hands over its partitions first. */
  shutDown(): Promise<void>;
  /** Starts it again with its data; resolves when it accepts requests. */
  start(): Promise<void>;
}

export interface KafkaCluster {
  nodes: readonly ClusterNode[];
  /** Stops all nodes permanently and deletes their data. */
  stop(): Promise<void>;
}

interface NodePorts {
  id: number;
  client: number;
  advertised: number;
  internal: number;
  controller: number;
}

const size = 3;

/**
 * Starts three KRaft nodes, each broker and controller: three replicas, at least two in sync.
 * @param advertise takes the port on which a broker listens, and resolves to the port for clients
 */
export async function startKafkaCluster(advertise: (port: number) => Promise<number>): Promise<KafkaCluster> {
  const classpath = await kafkaClasspath();
  const directory = await mkdtemp(join(tmpdir(), 'kafka-cluster-'));
  const ports: NodePorts[] = [];
  for (let id = 1; id <= size; id++) ports.push(await choosePorts(id, advertise));
  const nodes = await Promise.all(
    ports.map((own) => createNode(own, ports, join(directory, `node-${own.id}`), classpath)),
  );
  await Promise.all(nodes.map((node) => node.start()));
  return {
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.kill()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function choosePorts(id: number, advertise: (port: number) => Promise<number>): Promise<NodePorts> {
  const free = () => findFreePort('127.0.0.1');
  const client = await free();
  return {
    id,
    client,
    advertised: await advertise(client),
    internal: await free(),
    controller: await free(),
  };
}

async function createNode(
  own: NodePorts,
  all: NodePorts[],
  directory: string,
  classpath: string,
): Promise<ClusterNode> {
  const properties = join(directory, 'server.properties');
  const data = join(directory, 'data');
  await mkdir(directory, { recursive: true });
  await writeFile(properties, nodeProperties(own, all, data));
  await cp(await formattedStorage(classpath, properties), data, { recursive: true });
  await nameStorage(join(data, 'meta.properties'), own.id);
  let process: BrokerProcess | undefined;
  return {
    id: own.id,
    async kill() {
      await process?.end('SIGKILL');
    },
    async shutDown() {
      await process?.end('SIGTERM');
    },
    async start() {
      await process?.end('SIGKILL');
      process = await startNode(classpath, properties, directory);
    },
  };
}

/** The formatted storage is that of node 1; the storage of another node differs only in these two lines. */
async function nameStorage(file: string, id: number): Promise<void> {
  const text = await readFile(file, 'utf8');
  const directoryId = randomBytes(16).toString('base64url');
  await writeFile(
    file,
    text
      .replace(/^node.id=.*$/m, `node.id=${id}`)
      .replace(/^directory.id=.*$/m, `directory.id=${directoryId}`),
  );
}

function nodeProperties(own: NodePorts, all: NodePorts[], directory: string): string {
  const on = (port: number) => `127.0.0.1:${port}`;
  return propertiesText({
    'process.roles': 'broker,controller',
    'node.id': String(own.id),
    'controller.quorum.voters': all.map(({ id, controller }) => `${id}@${on(controller)}`).join(','),
    listeners: `CLIENT://${on(own.client)},INTERNAL://${on(own.internal)},CONTROLLER://${on(own.controller)}`,
    'advertised.listeners': `CLIENT://${on(own.advertised)},INTERNAL://${on(own.internal)}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': directory,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': String(size),
    'min.insync.replicas': '2',
    'offsets.topic.replication.factor': String(size),
    'offsets.topic.num.partitions': '3',
    'transaction.state.log.replication.factor': String(size),
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '500',
    // enough for two busy cores, but no more: a dead leader is replaced after this time
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': '2097152',
  });
}

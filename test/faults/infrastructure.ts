import {
  startKafkaCluster,
  type ClusterNode,
  type KafkaCluster,
} from '../support/real-kafka/kafka-cluster.ts';
import { startStoppablePostgres, type StoppablePostgres } from './stoppable-postgres.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface Broker extends ClusterNode {
  proxy: TcpProxy;
}

/** The infrastructure of the two banks: three brokers, and a PostgreSQL for each bank, all behind proxies. */
export interface Infrastructure {
  brokers: readonly Broker[];
  bootstrapServers: string;
  postgres: readonly [StoppablePostgres, StoppablePostgres];
  stop(): Promise<void>;
}

/** Starts everything; it ends with this process at the latest. Takes about 10 s and 600 MB. */
export async function startInfrastructure(): Promise<Infrastructure> {
  const cluster = await startBrokers();
  const postgres = await Promise.all([startStoppablePostgres(), startStoppablePostgres()] as const);
  return {
    ...cluster,
    postgres,
    async stop() {
      await Promise.all(postgres.map((server) => server.stop()));
      await cluster.stop();
    },
  };
}

/** The brokers alone. */
export async function startBrokers(): Promise<Omit<Infrastructure, 'postgres'>> {
  const proxies: TcpProxy[] = [];
  const cluster = await startKafkaCluster(async (port) => {
    const proxy = await startTcpProxy(port);
    proxies.push(proxy);
    return proxy.port;
  });
  return {
    brokers: brokersOf(cluster, proxies),
    bootstrapServers: proxies.map(({ port }) => `127.0.0.1:${port}`).join(','),
    async stop() {
      await cluster.stop();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

function brokersOf({ nodes }: KafkaCluster, proxies: TcpProxy[]): Broker[] {
  return proxies.flatMap((proxy, index) => {
    const node = nodes[index];
    return node ? [{ ...node, proxy }] : [];
  });
}

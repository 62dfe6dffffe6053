import { setTimeout as pause } from 'node:timers/promises';
import { withAdmin } from '../suites/bus/raw-kafka.ts';
import type { Fault, FaultKind } from './schedule.ts';
import type { ProxyMode, TcpProxy } from './tcp-proxy.ts';
import type { FaultRecord } from './history.ts';
import type { Broker, Infrastructure } from './infrastructure.ts';
import type { Replica } from './replica.ts';
import type { Bank } from './world.ts';

/** The parts of a world that can fail. */
export interface Breakable {
  banks: readonly Pick<Bank, 'name' | 'topic' | 'postgres'>[];
  replicas: readonly Pick<Replica, 'name' | 'kill' | 'pause' | 'resume'>[];
  infrastructure: Pick<Infrastructure, 'brokers' | 'bootstrapServers'>;
  /** The faults injected so far; each injector records its own. */
  faults: FaultRecord[];
}

/** Injects a fault and records it; resolves when the fault is over. */
export async function inject(world: Breakable, fault: Fault): Promise<void> {
  await pause(fault.after);
  const record = { kind: fault.kind, target: '', begun: Date.now(), ended: Infinity };
  world.faults.push(record);
  record.target = await injectors[fault.kind](world, fault);
  record.ended = Date.now();
}

/** Resolves to the target of the fault. */
type Injector = (world: Breakable, fault: Fault) => Promise<string>;

const injectors: Record<FaultKind, Injector> = {
  async kill({ replicas }, { target, lasts }) {
    const replica = around(replicas, target);
    await replica.kill(lasts);
    await pause(lasts);
    return replica.name;
  },
  async pause({ replicas }, { target, lasts }) {
    const replica = around(replicas, target);
    replica.pause();
    await pause(lasts);
    replica.resume();
    return replica.name;
  },
  async 'broker kill'({ infrastructure }, { target, lasts }) {
    return killBroker(around(infrastructure.brokers, target), lasts);
  },
  async 'leader kill'({ infrastructure, banks }, { target, lasts }) {
    const { topic } = around(banks, target);
    const leader = await leaderOf(infrastructure.bootstrapServers, topic, target);
    const broker =
      infrastructure.brokers.find(({ id }) => id === leader) ?? around(infrastructure.brokers, target);
    await Promise.race([broker.proxy.nextRequest(isProduce), pause(2_000)]);
    return killBroker(broker, lasts);
  },
  async 'postgres stop'({ banks }, { target, lasts }) {
    const { postgres, name } = around(banks, target);
    await postgres.kill();
    await pause(lasts);
    await postgres.start();
    return `PostgreSQL of ${name}`;
  },
  cut: (world, fault) => disturb(world, fault, { kind: 'cut' }),
  'half-open': (world, fault) => disturb(world, fault, { kind: 'silent' }),
  delay: (world, fault) => disturb(world, fault, { kind: 'slow', delay: fault.delay }),
  swallow: (world, fault) => disturb(world, fault, { kind: 'deaf' }),
};

function around<T>(all: readonly T[], target: number): T {
  const one = all[target % all.length];
  if (one === undefined) throw new Error('there is nothing to do a fault to');
  return one;
}

async function killBroker(broker: Broker, lasts: number): Promise<string> {
  await broker.kill();
  await pause(lasts);
  await broker.start();
  return `broker ${broker.id}`;
}

async function leaderOf(bootstrapServers: string, topic: string, target: number): Promise<number> {
  const { topics } = await withAdmin(bootstrapServers, (admin) =>
    admin.fetchTopicMetadata({ topics: [topic] }),
  );
  return around(topics[0]?.partitions ?? [], target).leader;
}

/** A request of Kafka has its size in four bytes, then the number of its API; that of Produce is 0. */
const isProduce = (chunk: Buffer): boolean => chunk.length > 6 && chunk.readInt16BE(4) === 0;

async function disturb(
  { infrastructure, banks }: Breakable,
  { target, lasts }: Fault,
  mode: ProxyMode,
): Promise<string> {
  const links: { name: string; proxy: TcpProxy }[] = [
    ...banks.map(({ name, postgres }) => ({ name: `PostgreSQL of ${name}`, proxy: postgres.proxy })),
    ...infrastructure.brokers.map(({ id, proxy }) => ({ name: `broker ${id}`, proxy })),
  ];
  const { name, proxy } = around(links, target);
  proxy.set(mode);
  await pause(lasts);
  proxy.set({ kind: 'open' });
  return `connections to ${name}`;
}

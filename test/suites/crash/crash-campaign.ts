import { randomBytes, randomInt } from 'node:crypto';
import type { Knex } from 'knex';
import { connectDatabase } from 'microservice-runtime';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { createDatabase } from '../../support/postgres.ts';
import { suiteConfig } from '../bus/order-world.ts';
import { createEffectTables, createOrderTables, expectedEffects, readEffects } from '../bus/orders.ts';
import { countMessages } from '../bus/raw-kafka.ts';
import { judge, type Verdict } from './verdict.ts';
import { bundlePrograms, startServiceProcess, type ServiceProcess } from './service-process.ts';

export interface Campaign {
  bootstrapServers: string;
  failpoint: 'outbox.committed' | 'relay.acknowledged';
  /** How many processes die at the failpoint. */
  kills: number;
}

export interface CampaignResult extends Verdict {
  /** How many processes said that they hit the failpoint and then died of SIGKILL. */
  hits: number;
  events: number;
  /** Messages in the topic beyond one an event: what was sent again. */
  sentAgain: number;
}

const mortals = 2;
const latestHit = 20;
const drainTimeout = 60_000;

/**
 * Runs 3 replicas of the service that publishes and 2 of the one that listens. Two of the 3 carry the failpoint, die at a
 * random hit of it and are replaced, until `kills` have died; then all that was saved is waited for and compared.
 */
export async function runCampaign({ bootstrapServers, failpoint, kills }: Campaign): Promise<CampaignResult> {
  const world = await createCrashWorld(bootstrapServers);
  try {
    world.startEffects();
    world.startEffects();
    const immortal = world.startOrders();
    const hits = await killAll(world, failpoint, kills);
    await immortal.stop();
    world.startOrders({ ORDERS_WRITERS: '0' });
    await allHandled(world);
    return { hits, ...(await world.result()) };
  } finally {
    await world.close();
  }
}

type CrashWorld = Awaited<ReturnType<typeof createCrashWorld>>;

async function createCrashWorld(bootstrapServers: string) {
  const topic = `crash-orders-${randomBytes(4).toString('hex')}`;
  const [ordersDatabase, effectsDatabase] = [await createDatabase(), await createDatabase()];
  const connect = (databaseUrl: string, serviceName: string) =>
    connectDatabase(suiteConfig({ serviceName, databaseUrl, bootstrapServers }));
  const orders = connect(ordersDatabase.url, 'campaign');
  const effects = connect(effectsDatabase.url, 'campaign');
  await createOrderTables(orders);
  await createEffectTables(effects);
  const programs = await bundlePrograms();
  const processes: ServiceProcess[] = [];

  function start(program: keyof typeof programs, variables: Record<string, string>): ServiceProcess {
    const process = startServiceProcess(programs[program], {
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      ORDERS_TOPIC: topic,
      KAFKA_BOOTSTRAP_SERVERS: bootstrapServers,
      ...variables,
    });
    processes.push(process);
    return process;
  }

  return {
    orders,
    effects,
    startOrders: (variables: Record<string, string> = {}) =>
      start('order-process', {
        SERVICE_NAME: 'order-service',
        DATABASE_URL: ordersDatabase.url,
        ...variables,
      }),
    startEffects: () =>
      start('effect-process', {
        SERVICE_NAME: `effect-service-${topic}`,
        DATABASE_URL: effectsDatabase.url,
      }),
    async result() {
      const expected = await expectedEffects(orders);
      const verdict = judge(expected, await readEffects(effects));
      const events = Object.values(expected).flat().length;
      return { ...verdict, events, sentAgain: (await countMessages(bootstrapServers, topic)) - events };
    },
    async close() {
      for (const process of processes) process.kill();
      await Promise.all(processes.map(({ ended }) => ended));
      await Promise.all([orders.destroy(), effects.destroy()]);
      await Promise.all([ordersDatabase.drop(), effectsDatabase.drop()]);
    },
  };
}

async function killAll(world: CrashWorld, failpoint: string, kills: number): Promise<number> {
  let left = kills;
  let hits = 0;
  async function dieAndReplace(): Promise<void> {
    while (left-- > 0) {
      const doomed = world.startOrders({
        MICROSERVICE_FAILPOINT: `${failpoint}:${randomInt(1, latestHit + 1)}`,
      });
      const { signal, code, output } = await doomed.ended;
      if (signal !== 'SIGKILL' || !output.includes(`failpoint ${failpoint} hit`)) {
        throw new Error(
          `expected SIGKILL at ${failpoint}, saw code ${code}, signal ${signal}, and:\n${output}`,
        );
      }
      hits += 1;
    }
  }
  await Promise.all(Array.from({ length: mortals }, dieAndReplace));
  return hits;
}

/** Resolves when there are as many effects as there should be, or when none of those that are missing will come any more. */
async function allHandled({ orders, effects }: CrashWorld): Promise<void> {
  const saved = await numberOf(orders('orders').sum({ number: 'revision' }));
  const enough = async () => (await numberOf(effects('effects').count({ number: '*' }))) >= saved;
  await waitFor(enough, { timeout: drainTimeout }).catch(() => undefined); // the verdict says what is missing
}

async function numberOf(query: Knex.QueryBuilder): Promise<number> {
  const row: { number: string } = await query.first();
  return Number(row.number);
}

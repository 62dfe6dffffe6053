import path from 'node:path';
import { build } from 'esbuild';
import { startProgram, type Program } from '../events/program.ts';
import type { Participants } from './participants.ts';
import type { OrderApi } from './runs.ts';

/** The peer, in the version that was measured. */
export const peers = { '@dbos-inc/dbos-sdk': '5.3.0' };

/** A running side, with all of its processes. */
export interface Side {
  orders: Program<OrderApi>;
  /** Its CPU time so far, in milliseconds. */
  cpu(): Promise<number>;
  end(): Promise<void>;
}

const checkout = path.join(import.meta.dirname, '..', '..');
/** Inside the checkout, so that packages are found. */
const own = path.join(checkout, 'node_modules', '.cache', 'bench-sagas');

/** Compiles the programs; tsx would slow down every function that they make. That of the peer goes to `home`, with its packages. */
export async function compileSides(home: string): Promise<void> {
  const compile = (names: string[], outdir: string) =>
    build({
      entryPoints: names.map((name) => path.join(import.meta.dirname, name)),
      ...{ outdir, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm' },
      external: ['kafkajs', 'knex', 'pg', 'pino', 'joi', 'prom-client', '@dbos-inc/*'],
    });
  await Promise.all([compile(['order-service.ts', 'participants.ts'], own), compile(['workflow.mts'], home)]);
}

/** The databases of a side, in the order of its arguments. */
export type Urls = readonly [string, string];

/** Starts the order service and its participants, with a saga or with plain handlers. */
export async function startServices(
  mode: 'saga' | 'handlers',
  [orderUrl, participantUrl]: Urls,
  bootstrapServers: string,
): Promise<Side> {
  const orders = startProgram<OrderApi>(path.join(own, 'order-service'), orderUrl, bootstrapServers, mode);
  const participants = startProgram<Participants>(
    path.join(own, 'participants'),
    participantUrl,
    bootstrapServers,
    mode,
  );
  await participants.ask('start');
  await orders.ask('start');
  return {
    orders,
    cpu: async () => (await orders.ask('cpu')) + (await participants.ask('cpu')),
    async end() {
      await Promise.all([orders.end(), participants.end()]);
    },
  };
}

/** Starts the durable workflow, with the tables of its library in the second database. */
export async function startWorkflow(home: string, urls: Urls): Promise<Side> {
  const orders = startProgram<OrderApi>(path.join(home, 'workflow'), ...urls);
  await orders.ask('start');
  return { orders, cpu: () => orders.ask('cpu'), end: () => orders.end() };
}

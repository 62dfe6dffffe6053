import type { ServiceConfig } from 'microservice-runtime';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceUrl, untilAnswers } from './announce.ts';
import { type DevEnvironment, type Environment, readDevEnvironment } from '../environment/environment.ts';
import { createNewMigrations } from './new-migrations.ts';
import type { Output, ServiceRow } from '../output/output.ts';
import type { Prepared } from './preparation.ts';
import { startServiceProcess } from './service-process.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface RunningService extends Supervised {
  /** Resolves to its row in the table of services when it answers, has ended, or does not answer in time. */
  row: Promise<ServiceRow>;
}

export interface RunOptions {
  given: Environment;
  watch: boolean;
  output: Output;
}

/** How long the table of services waits for one that does not answer, in ms. */
const answerPatience = 15_000;

const addresses = ({ databaseUrl, kafka }: ServiceConfig): string =>
  [databaseUrl, ...kafka.bootstrapServers].join(' ');

/** Starts a prepared service; every restart reads `.env` again. */
export async function runService(
  { service: { name, root }, config, environment, database }: Prepared,
  { given, watch, output }: RunOptions,
): Promise<RunningService> {
  const { say } = output;
  let fresh: DevEnvironment | undefined = { config, environment };
  let settle: (problem: ServiceRow['problem']) => void;
  const settled = new Promise<ServiceRow['problem']>((resolve) => (settle = resolve));
  const start = async () => {
    const now = fresh ?? (await readDevEnvironment(root, given, say));
    fresh = undefined;
    if (addresses(now.config) !== addresses(config))
      say('The addresses of PostgreSQL or Kafka in .env have changed. Restart dev to use the new ones.');
    const started = await startServiceProcess({ root, environment: now.environment, output });
    const over = new AbortController();
    void started.ended.then(() => over.abort());
    void report(now.config, over.signal);
    return started;
  };
  async function report(current: ServiceConfig, signal: AbortSignal): Promise<void> {
    const isUp = await untilAnswers(current, signal);
    settle(isUp ? undefined : 'ended');
    if (isUp) output.answers(serviceUrl(current));
  }
  const databaseUrl = config.databaseDirectUrl;
  const migrations = createNewMigrations({ root, databaseUrl, environment, say });
  const running = await supervise({ root, watch, start, migrations, output });
  const late = delay(answerPatience, 'late' as const);
  const row = Promise.race([settled, late]).then((problem) => {
    return { name, url: serviceUrl(config), database, ...(problem !== undefined && { problem }) };
  });
  return { ...running, row };
}

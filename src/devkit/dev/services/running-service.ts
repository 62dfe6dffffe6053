import type { ServiceConfig } from 'microservice-runtime';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceUrl, untilAnswers } from './announce.ts';
import { type DevEnvironment, type Environment, readDevEnvironment } from '../environment/environment.ts';
import type { Output } from './output.ts';
import type { Prepared } from './preparation.ts';
import { startServiceProcess } from './service-process.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface RunningService extends Supervised {
  /** Resolves to its row in the table of services: name, address, documentation or the problem, PostgreSQL. */
  row: Promise<string[]>;
}

export interface RunOptions {
  given: Environment;
  watch: boolean;
  /** The output of the service; without it, the service prints to our terminal itself. */
  output?: Output;
  say: (line: string) => void;
}

/** How long the table of services waits for one that does not answer, in ms. */
const patience = 15_000;

const addresses = ({ databaseUrl, kafka }: ServiceConfig): string =>
  [databaseUrl, ...kafka.bootstrapServers].join(' ');

/** Returns the address of a description, without the text in parentheses. */
export const addressOf = (description: string): string => description.replace(/ \(.*$/, '');

/** Starts a prepared service; every restart reads `.env` again. */
export async function runService(
  { service: { name, root }, config, environment, database }: Prepared,
  { given, watch, output, say }: RunOptions,
): Promise<RunningService> {
  const ended = new AbortController();
  let fresh: DevEnvironment | undefined = { config, environment };
  const start = async () => {
    const now = fresh ?? (await readDevEnvironment(root, given));
    fresh = undefined;
    if (addresses(now.config) !== addresses(config))
      say('The addresses of PostgreSQL or Kafka in .env have changed. Restart dev to use the new ones.');
    return startServiceProcess({ root, environment: now.environment, output });
  };
  const running = await supervise({ root, watch, start, say });
  void running.ended.then(() => ended.abort());
  const answers = untilAnswers(config, ended.signal);
  const url = serviceUrl(config);
  void answers.then((isUp) => isUp && say(`Service     ${url}  documentation ${url}/docs`));
  const late = delay(patience, 'does not answer yet; see above');
  const row = Promise.race([answers.then((isUp) => (isUp ? `${url}/docs` : '')), late]).then(
    (documentation) => [name, url, documentation, addressOf(database)],
  );
  const stop = () => {
    ended.abort();
    return running.stop();
  };
  return { ...running, stop, row };
}

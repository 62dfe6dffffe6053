import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { announceService } from './announce.ts';
import { openDatabase } from './database-part.ts';
import { DevError } from './dev-error.ts';
import type { DevPart } from './dev-part.ts';
import { readDevEnvironment } from './environment.ts';
import { openKafka } from './kafka-part.ts';
import { migrate } from './migrations.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { type StopSignals, listenForStop } from './stop-signals.ts';
import { findWorkspace } from './workspace.ts';

export interface DevOptions {
  /** The service's folder. */
  root: string;
  /** Database and Kafka alone, for `npx knex` and other terminals. */
  partsOnly: boolean;
  /** Restart the service when its code changes. */
  watch: boolean;
}

/**
 * Runs a service for development: a PostgreSQL and a Kafka at the addresses of `.env`, embedded ones where nothing answers,
 * the migrations, then the service. Resolves to the exit code when a signal came (0) or the service ended (its own), after
 * everything that was started has ended. Rejects when something cannot start.
 */
export async function dev(options: DevOptions): Promise<number> {
  const opened: Opened = { parts: [] };
  process.stdout.on('error', () => undefined); // the terminal was closed: what was started must still be ended
  const signals = listenForStop(() => opened.service?.kill());
  try {
    await open(options, opened, signals);
    return await ending(opened, signals);
  } finally {
    await opened.service?.stop();
    for (const part of opened.parts.toReversed()) await part.stop();
    signals.release();
  }
}

interface Opened {
  parts: DevPart[];
  service?: ServiceProcess;
}

/** Opens one after the other; a signal ends it in between. */
async function open(
  { root, partsOnly, watch }: DevOptions,
  opened: Opened,
  signals: StopSignals,
): Promise<void> {
  const config = await readDevEnvironment(root, say);
  const workspace = (await findWorkspace(root)) ?? root;
  const steps = [
    async () => {
      const directory = await dataDirectory(root, 'postgres');
      const database = await openDatabase(config.databaseUrl, directory);
      opened.parts.push(database);
      say(`PostgreSQL  ${database.description}`);
    },
    async () => {
      const directory = await dataDirectory(workspace, 'kafka');
      const kafka = await openKafka(config.kafka, directory, say);
      opened.parts.push(kafka);
      say(`Kafka       ${kafka.description}`);
    },
    async () => partsOnly || say(`Migrations  ${await migrate(root)}`),
    async () => {
      if (partsOnly) return say('Ready       Ctrl-C ends what was started here.');
      opened.service = await startService(root, { watch });
      void announceService(config, opened.service.ended, say);
    },
  ];
  for (const step of steps) if (!signals.isStopping()) await step();
}

async function ending({ parts, service }: Opened, signals: StopSignals): Promise<number> {
  const lost = parts.map((part) => part.lost.then(fail));
  const ends = service ? [service.ended] : [];
  return Promise.race([signals.first.then(() => 0), ...ends, ...lost]);
}

function fail(reason: string): never {
  throw new DevError(`${reason} Everything else was ended too; start again.`);
}

/** A folder under `.microservice/`, which keeps itself out of git. */
async function dataDirectory(root: string, name: string): Promise<string> {
  const home = path.join(root, '.microservice');
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, '.gitignore'), '*\n');
  return path.join(home, name);
}

const say = (line: string) => console.log(line);

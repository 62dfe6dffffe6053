import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Knex } from 'knex';
import { runCli } from '../../../src/runtime/commands/run-cli.ts';
import { connectDatabase } from '../../../src/runtime/database/database.ts';
import { up as createOutbox } from '../../../src/runtime/tables/event-outbox.ts';
import { up as createParked } from '../../../src/runtime/tables/event-parked.ts';
import { createDatabase } from '../../support/postgres.ts';
import { createInbox } from '../../support/tables.ts';
import type { Result } from '../support/fixture-service.ts';

/** A service that does not run, with the tables of the bus. */
export interface OperatedService {
  database: Knex;
  /** The environment of the service. */
  variables: Record<string, string>;
  /**
   * Runs the command in this process, one at a time, as if its output went to a file; on a terminal if `COLUMNS` is given.
   * Kafka is unavailable unless `environment` names one.
   */
  run(args: string[], environment?: Record<string, string>): Promise<Result>;
  /** The JSON document that the command prints. Rejects when it fails. */
  json<T>(args: string[], environment?: Record<string, string>): Promise<T>;
  /** Inserts a key with its events, in order; the first one is the one that failed. */
  park(key: ParkedRow, events?: ParkedEventRow[]): Promise<void>;
  remove(): Promise<void>;
}

export interface ParkedRow {
  consumer_group: string;
  topic: string;
  key: string;
  state?: 'parked' | 'dead';
  reason?: string;
  error?: string;
  attempts?: number;
  next_try_at?: Date | null;
  parked_at?: Date;
}

export interface ParkedEventRow {
  event_id?: string;
  type?: string;
  source?: string;
  partition?: number | null;
  position?: number | null;
  headers?: Record<string, unknown>;
  value?: Buffer | null;
}

export const group = 'note-service-consumer';

export async function createOperatedService(): Promise<OperatedService> {
  const root = await mkdtemp(path.join(tmpdir(), 'operated-'));
  const { url, drop } = await createDatabase();
  const database = connectDatabase({ databaseUrl: url, databasePoolMax: 5, serviceName: 'test' });
  await createOutbox(database);
  await createInbox(database);
  await createParked(database);
  const variables = {
    SERVICE_NAME: 'note-service',
    DATABASE_URL: url,
    KAFKA_BOOTSTRAP_SERVERS: 'localhost:1',
  };
  const run: OperatedService['run'] = (args, environment) =>
    runHere(args, root, { ...variables, ...environment });

  return {
    database,
    variables,
    run,
    async json<T>(args: string[], environment?: Record<string, string>) {
      const { code, stdout, stderr } = await run([...args, '--json'], environment);
      if (code !== 0) throw new Error(stderr);
      const document: T = JSON.parse(stdout);
      return document;
    },
    async park(key, events = [{}]) {
      const { state = 'parked' } = key;
      await database('event_parked_keys').insert({
        ...{ state, reason: 'bug', error: 'x is not a function', attempts: 3 },
        next_try_at: state === 'dead' ? null : new Date(Date.now() + 60_000),
        ...key,
      });
      const { consumer_group, topic } = key;
      const waiting = events.map((event, index) => ({
        ...{ consumer_group, topic, key: key.key, partition: 0, position: index, source: 'test' },
        ...{
          event_id: `${key.key}-${index}`,
          type: 'note.written',
          headers: { ce_id: `${key.key}-${index}` },
        },
        ...{ raw_key: Buffer.from(key.key), value: Buffer.from('{"text":"x"}'), received_at: new Date() },
        ...event,
      }));
      await database.batchInsert('event_parked', waiting, 500);
    },
    async remove() {
      await database.destroy();
      await drop();
      await rm(root, { recursive: true });
    },
  };
}

/** A process for every command would take half a second each; commands.test.ts runs the built one. */
export async function runHere(
  args: string[],
  root: string,
  environment: Record<string, string>,
): Promise<Result> {
  const { log, error } = console;
  const { env } = process;
  const { isTTY, columns } = process.stdout;
  const result: Result = { code: 0, stdout: '', stderr: '' };
  console.log = (text = '') => void (result.stdout += `${text}\n`);
  console.error = (text = '') => void (result.stderr += `${text}\n`);
  process.env = { ...environment };
  Object.assign(process.stdout, {
    isTTY: environment['COLUMNS'] !== undefined,
    columns: Number(environment['COLUMNS']),
  });
  try {
    result.code = await runCli(args, root);
  } finally {
    Object.assign(console, { log, error });
    Object.assign(process.stdout, { isTTY, columns });
    process.env = env;
  }
  return result;
}

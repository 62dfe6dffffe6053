import { Client, type QueryResultRow } from 'pg';
import { connectionSettings } from '../../database/connection.ts';

/** PostgreSQL answers each statement of a relay within milliseconds; after this the session counts as lost. */
const QUERY_TIMEOUT = 10_000;

export type SessionQuery = <Row extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** A session of PostgreSQL that nobody else uses: it holds advisory locks and listens. */
export interface Session {
  query: SessionQuery;
  /** Runs the queries of `work` in a transaction, while those of others wait; one transaction at a time. */
  transaction<T>(work: (query: SessionQuery) => Promise<T>): Promise<T>;
  /** Ends the session; PostgreSQL then drops its locks. */
  close(): Promise<void>;
}

export interface SessionEvents {
  /** Another session has said something on the channel. */
  heard(message: string): void;
  /** The session ended by itself: its locks are gone. Called once, and not after `close`. */
  lost(cause: Error): void;
}

/**
 * What this session needs that others may not want: both ends notice within seconds that the other is gone; no end by
 * idleness; each statement sees what is committed; a lost delete is only a second sending, so that no commit waits for the disk; and no plan by the size that the
 * table had when it was empty, so that statements may be planned once.
 */
const settings = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
  idle_session_timeout: '0',
  statement_timeout: '0',
  default_transaction_isolation: 'read committed',
  synchronous_commit: 'off',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  plan_cache_mode: 'force_generic_plan',
};

const applySettings = `
  select set_config(wanted.key, wanted.value, false)
  from jsonb_each_text($1) as wanted join pg_settings on pg_settings.name = wanted.key`;

/** Each statement with values has a name, so that PostgreSQL plans it once: that takes longer than to run it. */
const names = new Map<string, string>();

function statementName(sql: string): string {
  const name = names.get(sql) ?? `relay_${names.size}`;
  names.set(sql, name);
  return name;
}

/** Opens a session that listens to `channel`; rejects when it cannot. A statement that fails ends it too. */
export async function openSession(
  databaseUrl: string,
  applicationName: string,
  channel: string,
  events: SessionEvents,
): Promise<Session> {
  const client = new Client({
    ...connectionSettings(databaseUrl, applicationName),
    keepAliveInitialDelayMillis: 5_000,
    query_timeout: QUERY_TIMEOUT,
  });
  let ended = false;
  let opened = false;
  let last: Promise<unknown> = Promise.resolve();

  function lose(cause: Error): void {
    if (ended) return;
    ended = true;
    client.end().catch(() => undefined);
    if (opened) events.lost(cause);
  }

  async function ask<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    try {
      const { rows } = await client.query<Row>(
        values ? { name: statementName(sql), text: sql, values } : sql,
      );
      return rows;
    } catch (error) {
      lose(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** One after the other: pg 9 refuses a statement while another one runs. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  function query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]> {
    return inTurn(() => ask<Row>(sql, values));
  }

  async function runTransaction<T>(work: (query: SessionQuery) => Promise<T>): Promise<T> {
    try {
      await ask('begin isolation level read committed');
      const result = await work(ask);
      await ask('commit');
      return result;
    } catch (error) {
      lose(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  client.on('error', lose);
  client.on('end', () => lose(new Error('PostgreSQL ended the session')));
  client.on('notification', ({ payload }) => events.heard(payload ?? ''));
  await client.connect();
  await query(applySettings, [JSON.stringify(settings)]);
  await query(`listen ${client.escapeIdentifier(channel)}`);
  opened = true;
  return {
    query,
    transaction: (work) => inTurn(() => runTransaction(work)),
    async close() {
      ended = true;
      await client.end().catch(() => undefined);
    },
  };
}

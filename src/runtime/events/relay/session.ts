import { Client, type QueryResultRow } from 'pg';
import { connectionSettings } from '../../database/connection.ts';

/** PostgreSQL answers each statement of a relay within milliseconds; after this time the session counts as lost. */
const QUERY_TIMEOUT = 10_000;

export type SessionQuery = <Row extends QueryResultRow>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** A PostgreSQL session that is not shared: it holds advisory locks and listens. */
export interface Session {
  query: SessionQuery;
  /** Runs the queries of `work` in a transaction, while other queries wait; one transaction at a time. */
  transaction<T>(work: (query: SessionQuery) => Promise<T>): Promise<T>;
  /** Ends the session, which releases its locks. */
  close(): Promise<void>;
}

export interface SessionEvents {
  /** Another session has sent a message on the channel. */
  heard(message: string): void;
  /** The session ended by itself: its locks are gone. Called once, and not after `close`. */
  lost(cause: Error): void;
}

/**
 * The settings of this session. Both ends notice within seconds that the other is gone. The session never times out when
 * idle. Each statement sees all committed changes. A commit does not wait for the disk, since losing a delete only causes a
 * duplicate send. Plans are generic, since a plan made while the table is empty is bad later, so statements can be planned
 * once.
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

/** Each statement with values has a name, so PostgreSQL plans it once: planning takes longer than running it. */
const names = new Map<string, string>();

function statementName(sql: string): string {
  const name = names.get(sql) ?? `relay_${names.size}`;
  names.set(sql, name);
  return name;
}

/** Opens a session that listens to `channel`; rejects if it cannot. A failed statement ends it too. */
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

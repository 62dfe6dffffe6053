import { withDeadline } from '../../async/deadline.ts';
import type { Knex } from 'knex';
import { checkWritable } from '../../database/service-client.ts';
import { withoutTextSecrets } from '../../logging/text-secrets.ts';
import { pendingMigrations } from '../../migrations/pending-migrations.ts';
import type { ServerState } from '../server/server-state.ts';

/** A dependency without which the service cannot serve requests; `check` rejects with the reason if it is unavailable. */
export interface ReadinessCheck {
  name: string;
  check(): Promise<unknown>;
}

/** The parts of the event bus that health uses. */
export interface BusHealth {
  status(): unknown;
  /** False if the bus cannot recover although the broker answers: the process must be restarted. */
  healthy(): boolean;
}

/**
 * With `details`, the body has the state of the bus and the reasons, which include addresses, topics, offsets and error
 * messages; without, it has only states.
 */
export interface Health {
  live(details: boolean): { ok: boolean; body: object };
  ready(details: boolean): Promise<{ ok: boolean; body: object }>;
}

interface Options {
  state: ServerState;
  checks: readonly ReadinessCheck[];
  bus?: BusHealth;
}

/** The time after which an unanswered check counts as failed, in ms; probes of Kubernetes rarely wait longer. */
const patience = 2_000;

/**
 * Live means that a restart would not help. Ready means started, not draining, and all checks pass. The state of the bus is
 * shown but does not count, since HTTP works without it.
 */
export function createHealth({ state, checks, bus }: Options): Health {
  return {
    live(details) {
      const ok = bus?.healthy() ?? true;
      return { ok, body: { status: ok ? 'live' : 'not live', ...(details && { bus: bus?.status() }) } };
    },
    async ready(details) {
      const results = await Promise.all(checks.map(result));
      const ok = state.phase === 'running' && results.every((each) => each.ok);
      const told = results.map((each) => [each.name, each.ok ? 'ok' : details ? each.reason : 'failed']);
      const body = { phase: state.phase, checks: Object.fromEntries(told) };
      const status = ok ? 'ready' : 'not ready';
      return { ok, body: { status, ...body, ...(details && { bus: bus?.status() }) } };
    },
  };
}

/** Checks that the database answers in time for a probe, and accepts writes. */
export function databaseCheck(database: Knex): ReadinessCheck {
  return { name: 'database', check: () => checkWritable(database) };
}

/** Checks that every migration of the service in `root` has run. Once that is true it is not queried again. */
export function schemaCheck(database: Knex, root: string | undefined): ReadinessCheck {
  let isThere = false;
  return {
    name: 'schema',
    async check() {
      if (isThere) return;
      const pending = await pendingMigrations(database, root);
      if (pending.length > 0)
        throw new Error(`not migrated: ${pending.join(', ')}; run npx knex migrate:latest`);
      isThere = true;
    },
  };
}

async function result(readiness: ReadinessCheck): Promise<{ name: string; ok: boolean; reason: string }> {
  const { name } = readiness;
  const late = () => new Error(`no answer within ${patience} ms`);
  try {
    await withDeadline(readiness.check(), patience, late);
    return { name, ok: true, reason: '' };
  } catch (error) {
    return { name, ok: false, reason: reason(error) };
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return withoutTextSecrets(error.message) || ('code' in error ? String(error.code) : error.name);
}

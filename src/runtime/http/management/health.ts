import { withDeadline } from '../../async/deadline.ts';
import type { Knex } from 'knex';
import { checkWritable } from '../../database/service-client.ts';
import { withoutTextSecrets } from '../../logging/text-secrets.ts';
import { pendingMigrations } from '../../migrations/pending-migrations.ts';
import type { ServerState } from '../server/server-state.ts';

/** Something without which the service cannot serve; `check` rejects when it is missing, and says why. */
export interface ReadinessCheck {
  name: string;
  check(): Promise<unknown>;
}

/** What health needs to know of the event bus. */
export interface BusHealth {
  status(): unknown;
  /** False when the bus cannot heal itself while the broker answers: only a new process helps. */
  healthy(): boolean;
}

/**
 * With `details` the body has the state of the bus and the reasons, which name addresses, topics, offsets and the words of
 * errors; without, states alone.
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

/** Milliseconds after which a check that has not answered counts as failed; probes of Kubernetes rarely wait longer. */
const patience = 2_000;

/**
 * Live means that a new process would not do better. Ready means started, not draining, and every check passes; the
 * state of the bus is told and does not count, since HTTP serves without it.
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

/** The database answers, within the patience of a probe, and takes writes. */
export function databaseCheck(database: Knex): ReadinessCheck {
  return { name: 'database', check: () => checkWritable(database) };
}

/** Every migration of the service in `root` has run; once seen it is not asked again, since a schema does not go away. */
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

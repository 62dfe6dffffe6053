import type { Express } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { ConfigError } from '../../config/config-error.ts';
import type { Part } from '../../lifecycle/part.ts';
import { IDEMPOTENCY, type IdempotencySettings } from './idempotent-handler.ts';
import type { RouteIdempotency } from './key.ts';
import { createAnswerPruner } from './pruner.ts';
import { checkTable } from './stored-answers.ts';

interface Setup {
  config: { nodeEnv?: string; idempotencySecret?: string };
  operations: readonly { idempotency?: RouteIdempotency }[];
  database: Knex;
  logger: Logger;
}

/** The parts of an app that its routes with idempotency need. */
interface Idempotency {
  pruner: Required<Part>;
  check: { name: string; check(): Promise<unknown> };
}

/** The fingerprints of a developer's own requests need no protection. */
const DEVELOPMENT_SECRET = 'development';

/**
 * Prepares an app for its routes with idempotency; returns undefined if it has none. Throws a ConfigError in production without a
 * secret.
 */
export function setUpIdempotency(
  app: Express,
  { config, operations, database, logger }: Setup,
): Idempotency | undefined {
  if (operations.every(({ idempotency }) => idempotency === undefined)) return undefined;
  const { nodeEnv, idempotencySecret: secret } = config;
  if (secret === undefined && nodeEnv === 'production')
    throw new ConfigError([
      'IDEMPOTENCY_SECRET is not set, and a route has idempotency; set it to a random text, the same for all replicas: openssl rand -hex 32',
    ]);
  const settings: IdempotencySettings = { database, secret: secret ?? DEVELOPMENT_SECRET };
  app.set(IDEMPOTENCY, settings);
  const check = { name: 'idempotency', check: once(() => checkTable(database)) };
  return { check, pruner: createAnswerPruner({ database, logger }) };
}

/** A table that exists is not looked for again. */
function once(check: () => Promise<void>): () => Promise<void> {
  let isThere = false;
  return async () => {
    if (isThere) return;
    await check();
    isThere = true;
  };
}

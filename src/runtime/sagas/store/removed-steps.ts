import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { SagaDefinition } from '../definition/saga.ts';

const removed = `
  select step.saga, step.step, count(*)::int as count
  from saga_instances as instance join saga_steps as step using (saga, id)
  where instance.ended_at is null and step.status <> 'pending' and step.saga = any (?::text[])
    and (step.saga || '/' || step.step) <> all (?::text[])
  group by 1, 2`;

/** Logs a warning for each step that running sagas have and their definition has no longer. */
export async function warnOfRemoved(
  database: Knex,
  definitions: readonly SagaDefinition[],
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const steps = definitions.flatMap(({ name, steps: own }) =>
    [...own.keys()].map((step) => `${name}/${step}`),
  );
  const { rows } = await database.raw<{ rows: { saga: string; step: string; count: number }[] }>(removed, [
    definitions.map(({ name }) => name),
    steps,
  ]);
  for (const { saga, step, count } of rows)
    logger.warn(
      { saga, step },
      `${count} running sagas ${saga} have the step ${step}, which its definition no longer has; keep the step until they have ended`,
    );
}

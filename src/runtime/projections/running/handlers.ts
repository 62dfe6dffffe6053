import type { Knex } from 'knex';
import { UnavailableError } from '../../errors.ts';
import { runWithoutPublishing } from '../../context/without-publishing.ts';
import type { EventDefinition, ReceivedEvent } from '../../events/event/definition.ts';
import type { DefinedHandler } from '../../events/handling/handler.ts';
import { versionTitle, type ProjectionDefinition } from '../definition/projection.ts';
import { holdVersion } from '../store/versions.ts';

type Handlers = readonly (readonly [EventDefinition, DefinedHandler<unknown>])[];
type Apply = (events: unknown, trx: Knex.Transaction) => Promise<unknown>;

/**
 * Returns the handlers of a version for its subscription. They handle nothing once the version is dropped, and publish nothing: during
 * a rebuild, past events would be published again.
 */
export function projectionHandlers(definition: ProjectionDefinition): Handlers {
  const title = versionTitle(definition);
  const held = new WeakSet<Knex.Transaction>();

  async function hold(trx: Knex.Transaction): Promise<void> {
    if (held.has(trx)) return;
    const isLive = await holdVersion(trx, { projection: definition.name, version: definition.version });
    if (!isLive) throw new UnavailableError(`${title} is not live; its events are left alone`);
    held.add(trx);
  }

  const guarded =
    (handler: unknown): Apply =>
    async (events, trx) => {
      await hold(trx);
      await runWithoutPublishing(title, () => (handler as Apply)(events, trx));
    };

  return [
    ...definition.on.map(
      ([event, handler]) => [event, { delivery: 'exactly-once', handler: guarded(handler) }] as const,
    ),
    ...definition.onBatch.map(
      ([event, handler]) =>
        [
          event,
          {
            delivery: 'in batches',
            handler: guarded(handler) as (
              events: readonly ReceivedEvent[],
              trx: Knex.Transaction,
            ) => Promise<unknown>,
          },
        ] as const,
    ),
  ];
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { UnavailableError } from '../../errors.ts';
import { versionTitle, type ProjectionDefinition } from '../definition/projection.ts';

/** The readers of a projection. */
export interface Projection<Reader> {
  readonly name: string;
  /**
   * Runs queries of the active version, in a read-only transaction with one snapshot. Rejects with an `UnavailableError` if
   * this release does not define the active version.
   */
  read<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * Like `read`, but first waits until the active version has handled an event, at most `patience` ms (2000).
   * @param event the source and the id of the event, as in `order-service/0192d5a0-...`; undefined: does not wait
   * @returns the result, and whether it may lack the event: the wait timed out, or the event is parked
   */
  readAfter<T>(
    event: string | undefined,
    work: (reader: Reader) => Promise<T>,
    options?: { patience?: number },
  ): Promise<{ result: T; stale: boolean }>;
}

const PATIENCE = 2_000;
const BETWEEN_LOOKS = 25;

/** @param definitions the versions that this release defines */
export function createReaders<Reader>(
  database: Knex,
  definitions: readonly ProjectionDefinition<Reader>[],
): Projection<Reader> {
  const name = definitions[0]?.name ?? '';

  async function activeIn(trx: Knex.Transaction): Promise<ProjectionDefinition<Reader>> {
    const { rows } = await trx.raw<{ rows: { active: number }[] }>(
      'select active from projection_active where projection = ?',
      [name],
    );
    const [row] = rows;
    if (!row) throw new UnavailableError(`projection ${name} has not started; start the event bus first`);
    const found = definitions.find(({ version }) => version === row.active);
    if (found) return found;
    throw new UnavailableError(
      `${versionTitle({ name, version: row.active })} is active, and this release does not define it; deploy a release that does, or switch back with microservice-runtime projections rollback ${name}`,
    );
  }

  /** One instant: between two, the other version could become active, and this one could move past it. */
  const read = <T>(work: (reader: Reader) => Promise<T>): Promise<T> =>
    database.transaction(async (trx) => work((await activeIn(trx)).read(trx)), {
      isolationLevel: 'repeatable read',
      readOnly: true,
    });

  return {
    name,
    read,
    async readAfter(event, work, { patience = PATIENCE } = {}) {
      const stale = event !== undefined && !(await isHandled(database, name, event, patience));
      return { result: await read(work), stale };
    },
  };
}

const handledSql = `
  select exists (
    select from event_parked as parked
    where parked.consumer_group = v.consumer_group and parked.source = :source and parked.event_id = :id
  ) as parked
  from projection_active as a
  join projection_versions as v on v.projection = a.projection and v.version = a.active
  join event_inbox as i on i.consumer_group = v.consumer_group and i.source = :source and i.event_id = :id
  where a.projection = :projection`;

/** Waits until the inbox of the active version has the event; false if it is parked, or not there in time. */
async function isHandled(
  database: Knex,
  projection: string,
  event: string,
  patience: number,
): Promise<boolean> {
  const [source, id] = [event.slice(0, event.lastIndexOf('/')), event.slice(event.lastIndexOf('/') + 1)];
  const until = performance.now() + patience;
  for (;;) {
    const { rows } = await database.raw<{ rows: { parked: boolean }[] }>(handledSql, {
      projection,
      source,
      id,
    });
    if (rows[0]) return !rows[0].parked;
    if (performance.now() >= until) return false;
    await sleep(BETWEEN_LOOKS);
  }
}

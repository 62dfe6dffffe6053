import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { beginRebuild } from '../../../src/runtime/projections/operations/rebuild.ts';
import { switchVersion } from '../../../src/runtime/projections/operations/switch.ts';
import type { BalanceWorld } from './balance-world.ts';
import { projection } from './changes.ts';

const timeout = 240_000;

export const rebuild = ({ database, driver }: BalanceWorld): Promise<unknown> =>
  beginRebuild(database, driver, { projection });

/** Switches as an operator does: again until it is possible. Resolves to the number of attempts. */
export async function switchTo({ database }: BalanceWorld, to: number): Promise<number> {
  let attempts = 0;
  await waitFor(
    async () => {
      attempts += 1;
      await switchVersion(database, { projection, to });
      return true;
    },
    { timeout, message: `version ${to} is active` },
  );
  return attempts;
}

/** Resolves when the versions have handled every committed change. */
export async function comeToRest(world: BalanceWorld, versions: readonly number[]): Promise<void> {
  await waitFor(
    async () => {
      const { rows } = await world.database.raw<{ rows: object[] }>('select from event_outbox limit 1');
      return rows.length === 0 && (await arePast(world, await endsOf(world), versions));
    },
    { timeout, message: 'all changes are handled' },
  );
}

/** Resolves when a version has handled everything that is in Kafka now, to the milliseconds until then. */
export async function recovered(world: BalanceWorld, version: number): Promise<number> {
  const begun = Date.now();
  const ends = await waitFor(() => endsOf(world), { timeout });
  await waitFor(() => arePast(world, ends, [version]), { timeout, message: `version ${version} recovers` });
  return Date.now() - begun;
}

const endsOf = ({ driver, topic }: BalanceWorld) => driver.topicOffsets(topic);

async function arePast(
  world: BalanceWorld,
  ends: Awaited<ReturnType<typeof endsOf>>,
  versions: readonly number[],
): Promise<boolean> {
  const { rows } = await world.database.raw<{ rows: { place: string; position: number }[] }>(
    `select consumer_group || '/' || partition as place, position::float8 as position from event_positions`,
  );
  const positions = new Map(rows.map(({ place, position }) => [place, position]));
  return versions.every((version) =>
    ends.every(
      ({ partition, high }) => (positions.get(`${world.groupOf(version)}/${partition}`) ?? 0) >= high,
    ),
  );
}

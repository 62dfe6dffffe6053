import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withAdmin } from '../suites/bus/raw-kafka.ts';
import type { History } from './history.ts';
import type { World } from './world.ts';

/** Stores the evidence for a failure: the history, and the remaining content of tables and topics. */
export async function keepEvidence(world: World, history: History): Promise<void> {
  const write = (file: string, content: unknown) =>
    writeFile(path.join(world.folder, file), `${JSON.stringify(content, undefined, 1)}\n`);
  const handled = new Set(history.handled.map(({ transfer }) => transfer));
  await write('history.json', history);
  await write(
    'lost.json',
    history.sent.filter(({ transfer }) => !handled.has(transfer)),
  );
  await write('residue.json', await residueOf(world));
}

async function residueOf({ banks, infrastructure }: World) {
  return Promise.all(
    banks.map(async ({ name, topic, database, replicas }) => ({
      name,
      outbox: await database('event_outbox').select('id', 'lane', 'topic', 'key', 'headers', 'created_at'),
      parkedKeys: await database('event_parked_keys').select(),
      parked: await database('event_parked').select(
        'id',
        'topic',
        'key',
        'partition',
        'position',
        'event_id',
      ),
      positions: await database('event_positions').select(),
      offsets: await withAdmin(infrastructure.bootstrapServers, (admin) => admin.fetchTopicOffsets(topic)),
      sessions: (
        await database.raw(
          'select pid, application_name, state, wait_event, xact_start, query from pg_stat_activity',
        )
      ).rows,
      status: await Promise.all(replicas.map((replica) => statusOf(replica.url()))),
    })),
  );
}

/** Returns the status of a replica. */
async function statusOf(url: string | undefined): Promise<unknown> {
  if (url === undefined) return 'it does not serve';
  const signal = AbortSignal.timeout(3_000);
  return fetch(`${url}/health/live`, { signal }).then((response) => response.json(), String);
}

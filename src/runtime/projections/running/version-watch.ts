import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { backoff } from '../../async/backoff.ts';
import { inTransaction } from '../../database/transaction-failure.ts';
import { createPositions } from '../../events/inbox/positions.ts';
import type { KafkaDriver } from '../../events/kafka/driver.ts';
import { missingEvents, readBeginning } from '../operations/rebuild.ts';
import { beginVersion, forgetGroup, readVersions, type StoredVersion } from '../store/versions.ts';

/** Follows the versions in PostgreSQL: an operator begins or drops one while the service runs. */
export interface VersionWatch {
  start(): void;
  /** Resolves when nothing more is started or stopped. */
  stop(): Promise<void>;
}

export interface VersionWatchOptions {
  database: Knex;
  driver: Pick<KafkaDriver, 'topicOffsets'>;
  logger: Logger;
  /** The groups of the versions that this release defines. */
  groups: ReadonlySet<string>;
  begin: (groupId: string) => void;
  end: (groupId: string) => Promise<void>;
}

const POLL = 1_000;
const OUTAGE = { first: 1_000, max: 30_000 };

export function createVersionWatch({
  database,
  driver,
  logger,
  groups,
  begin,
  end,
}: VersionWatchOptions): VersionWatch {
  const ended = new Set<string>();
  let timeout: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let failures = 0;

  /** The first version of a projection, which needs no operator. */
  async function beginFirst(version: StoredVersion): Promise<void> {
    const places = await readBeginning(driver, version.topics);
    const hasBegun = await inTransaction(database, async (trx) => {
      if (!(await beginVersion(trx, version, places))) return false;
      await createPositions(trx, version.group, places);
      return true;
    });
    const missing = missingEvents({ beginOffsets: null, topics: [] }, places);
    if (hasBegun && missing.length > 0)
      logger.warn(
        { projection: version.projection, missing },
        `projection ${version.projection} begins without events that Kafka has deleted`,
      );
  }

  async function drop({ group }: StoredVersion): Promise<void> {
    if (ended.has(group)) return;
    await end(group);
    // a batch that began before the drop may have written its position again
    await inTransaction(database, (trx) => forgetGroup(trx, group));
    ended.add(group);
  }

  async function follow(): Promise<void> {
    for (const version of await readVersions(database)) {
      if (stopped) return;
      if (!groups.has(version.group)) continue;
      if (version.status === 'dropped') await drop(version);
      else if (version.status === 'live') begin(version.group);
      else if (version.version === version.active) {
        await beginFirst(version);
        begin(version.group);
      }
    }
  }

  async function run(): Promise<void> {
    let wait = POLL;
    try {
      await follow();
      failures = 0;
    } catch (error) {
      failures += 1;
      wait = backoff(failures, OUTAGE);
      if (failures === 1)
        logger.warn({ err: error }, 'cannot follow the versions of projections; trying again');
    }
    plan(wait);
  }

  function plan(wait: number): void {
    if (!stopped) timeout = setTimeout(() => void (running = run()), wait).unref();
  }

  return {
    start: () => plan(0),
    async stop() {
      stopped = true;
      clearTimeout(timeout);
      await running;
    },
  };
}

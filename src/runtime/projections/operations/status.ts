import type { Knex } from 'knex';
import { readVersions, type StoredVersion } from '../store/versions.ts';

/** A version as an operator sees it. */
export interface VersionStatus {
  projection: string;
  version: number;
  /** `building`: live, and never read so far. `ready`: live, and read before. */
  status: 'active' | 'ready' | 'building' | 'waiting' | 'dropped';
  table: string;
  group: string;
  /** How many offsets it is behind the active version; null before it begins. */
  behind: number | null;
  /** The number of parked keys. */
  parked: number;
  begunAt: Date | null;
  /** Whether it would be active again after `rollback`. */
  isPrevious: boolean;
}

const progressSql = `
  select
    (select sum(greatest(o.position - coalesce(n.position, 0), 0))::float8
     from event_positions as o
     left join event_positions as n on n.consumer_group = :group and n.topic = o.topic and n.partition = o.partition
     where o.consumer_group = :active and o.topic in (select jsonb_array_elements_text(cast(:topics as jsonb)))
    ) as behind,
    (select count(*)::int from event_parked_keys where consumer_group = :group) as parked`;

/** Resolves to the versions of one projection, or of all, the oldest first. */
export async function readStatus(database: Knex, projection?: string): Promise<VersionStatus[]> {
  const versions = await readVersions(database, projection);
  const statuses: VersionStatus[] = [];
  for (const version of versions) {
    const active = versions.find(
      (each) => each.projection === version.projection && each.version === version.active,
    );
    const { rows } = await database.raw<{ rows: [{ behind: number | null; parked: number }] }>(progressSql, {
      group: version.group,
      active: active?.group ?? '',
      topics: JSON.stringify(version.topics),
    });
    const [{ behind, parked }] = rows;
    const { projection: name, table, group, begunAt } = version;
    statuses.push({
      ...{
        projection: name,
        version: version.version,
        status: statusOf(version),
        table,
        group,
        parked,
        begunAt,
      },
      behind: version.status === 'live' ? (behind ?? 0) : null,
      isPrevious: version.version === version.previous,
    });
  }
  return statuses;
}

export function statusOf({ version, active, status, activatedAt }: StoredVersion): VersionStatus['status'] {
  if (version === active) return 'active';
  if (status !== 'live') return status;
  return activatedAt === null ? 'building' : 'ready';
}

/** Reports whether a version that is not dropped has this group. False if the service has no tables of projections. */
export async function hasGroup(database: Knex, group: string): Promise<boolean> {
  if (!(await database.schema.hasTable('projection_versions'))) return false;
  const { rows } = await database.raw<{ rows: object[] }>(
    `select from projection_versions where consumer_group = ? and status <> 'dropped'`,
    [group],
  );
  return rows.length > 0;
}

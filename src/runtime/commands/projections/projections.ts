import { readStatus, type VersionStatus } from '../../projections/operations/status.ts';
import { print } from '../../logging/terminal.ts';
import { ageOf } from '../input/age.ts';
import { CommandError, type Command } from '../input/command.ts';
import type { Flags } from '../input/flags.ts';
import { withDatabase } from '../input/service-access.ts';
import { commandOf } from '../input/subcommands.ts';
import { printJson } from '../output/printing.ts';
import { tableText, type Column } from '../output/table.ts';
import { dropOne, rebuild, rollback, switchTo } from './changes.ts';

const one = ['NAME'];
const columns: Column[] = [
  { title: 'PROJECTION' },
  { title: 'VERSION', right: true },
  { title: 'STATUS' },
  { title: 'TABLE' },
  { title: 'BEHIND', right: true },
  { title: 'PARKED', right: true },
  { title: 'BEGAN' },
];

/** Shows the versions of projections; rebuilds, switches and drops them. */
export const projectionsCommand: Command = commandOf(
  'shows the versions of projections; rebuilds, switches, rolls back or drops one',
  {
    list: {
      summary: 'one row per version that is not dropped',
      flags: ['json'],
      run: (values, root) =>
        withDatabase(root, async (database) =>
          show(
            (await readStatus(database)).filter(({ status }) => status !== 'dropped'),
            values,
          ),
        ),
    },
    status: {
      summary: 'the versions of one projection, dropped ones included',
      flags: ['json'],
      words: one,
      run: (values, root, [name = '']) =>
        withDatabase(root, async (database) => {
          const versions = await readStatus(database, name);
          if (versions.length === 0)
            throw new CommandError(
              `projection ${name} is unknown; see microservice-runtime projections list. A projection is registered when its service starts`,
            );
          show(versions, values);
        }),
    },
    rebuild: {
      summary: 'begins to fill a new version, beside the active one',
      flags: ['version', 'partial', 'yes', 'json'],
      words: one,
      run: rebuild,
    },
    switch: {
      summary: 'makes a version that has caught up the active one',
      flags: ['version', 'force', 'yes', 'json'],
      words: one,
      run: switchTo,
    },
    rollback: {
      summary: 'makes the previous version active again',
      flags: ['force', 'yes', 'json'],
      words: one,
      run: rollback,
    },
    drop: {
      summary: 'deletes the table and the group of a version that is not active',
      flags: ['version', 'yes', 'json'],
      words: one,
      run: dropOne,
    },
  },
);

function show(versions: readonly VersionStatus[], { json }: Flags): void {
  if (json) return printJson({ versions });
  print(
    versions.length === 0
      ? 'No projections. A projection is registered when its service starts.'
      : listText(versions),
  );
}

const listText = (versions: readonly VersionStatus[]): string =>
  tableText(
    columns,
    versions.map(({ projection, version, status, table, behind, parked, begunAt }) => [
      ...[projection, String(version), status, table],
      ...[behind === null ? '-' : String(behind), String(parked), begunAt ? ageOf(begunAt) : '-'],
    ]),
  );

import type { Knex } from 'knex';
import { checkDroppable, dropVersion } from '../../projections/operations/drop.ts';
import { versionIn } from '../../projections/operations/projection-error.ts';
import { beginRebuild, planRebuild } from '../../projections/operations/rebuild.ts';
import { statusOf } from '../../projections/operations/status.ts';
import { switchVersion } from '../../projections/operations/switch.ts';
import { readVersions, type StoredVersion } from '../../projections/store/versions.ts';
import { print } from '../../logging/terminal.ts';
import { CommandError, MisuseError } from '../input/command.ts';
import { versionFlag, type Flags } from '../input/flags.ts';
import { kafkaOf, withDatabase, withKafka } from '../input/service-access.ts';
import { printDryRun, printJson } from '../output/printing.ts';

type Change = (values: Flags, root: string, words: string[]) => Promise<void>;

/** Begins to fill a version; without --yes, prints where it would begin. */
export const rebuild: Change = (values, root, [projection = '']) =>
  withDatabase(root, (database) =>
    withKafka(kafkaOf(root), async (driver) => {
      const request = { projection, version: versionFlag(values), partial: values.partial === true };
      const plan = await (values.yes
        ? beginRebuild(database, driver, request)
        : planRebuild(driver, await readVersions(database, projection), request));
      const { version, table, group } = plan.version;
      report(values, { projection, version, table, group, missing: plan.missing }, [
        `Version ${version} of projection ${projection} ${values.yes ? 'begins' : 'would begin'} at the earliest event that Kafka has.`,
        ...plan.missing.map(
          ({ topic, partition, events }) => `It lacks ${events} events of ${topic}/${partition}.`,
        ),
        ...(values.yes
          ? [
              `Version ${plan.version.active} stays active until you run: microservice-runtime projections switch ${projection}`,
            ]
          : []),
      ]);
    }),
  );

/** Switches to a version; without --yes, prints which one. */
export const switchTo: Change = (values, root, [projection = '']) =>
  withDatabase(root, async (database) => {
    const versions = await readVersions(database, projection);
    const building = versions.find((each) => statusOf(each) === 'building');
    const to = versionFlag(values) ?? building?.version;
    if (to === undefined) {
      versionIn(versions, projection, versions[0]?.version ?? 0);
      throw new CommandError(
        `projection ${projection} has no rebuilt version to switch to; name one with --version, or begin with microservice-runtime projections rebuild ${projection}`,
      );
    }
    await change(database, versionIn(versions, projection, to), values);
  });

/** Switches to the version before; without --yes, prints which one. */
export const rollback: Change = (values, root, [projection = '']) =>
  withDatabase(root, async (database) => {
    const versions = await readVersions(database, projection);
    const { previous } = versionIn(versions, projection, versions[0]?.version ?? 0);
    if (previous === null)
      throw new CommandError(
        `projection ${projection} has no version before the active one; it was dropped, or never read`,
      );
    await change(database, versionIn(versions, projection, previous), values);
  });

async function change(database: Knex, { projection, version, active }: StoredVersion, values: Flags) {
  const { force = [], yes } = values;
  if (yes) await switchVersion(database, { projection, to: version, force });
  report(values, { projection, from: active, to: version }, [
    `Projection ${projection} ${yes ? 'is' : 'would be'} read in version ${version}, instead of version ${active}.`,
  ]);
}

/** Drops a version; without --yes, prints its table and its group. */
export const dropOne: Change = (values, root, [projection = '']) =>
  withDatabase(root, async (database) => {
    const version = versionFlag(values);
    if (version === undefined) throw new MisuseError('--version is missing; it names the version to drop');
    const found = versionIn(await readVersions(database, projection), projection, version);
    checkDroppable(found);
    const { table, group } = found;
    if (values.yes) await dropVersion(database, { projection, version });
    report(values, { projection, version, table, group }, [
      `Table ${table}, and the position, the inbox and the parked events of group ${group}, ${values.yes ? 'are' : 'would be'} deleted.`,
    ]);
  });

function report({ yes, json }: Flags, document: object, lines: readonly string[]): void {
  if (json) return printJson({ ...(!yes && { dryRun: true }), ...document });
  print(lines.join('\n'));
  if (!yes) printDryRun();
}

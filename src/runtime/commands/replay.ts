import type { KafkaConfig } from '../config/kafka-config.ts';
import { countForgotten, createReplayGroup, forgetSince, findGroup } from '../events/operations/replay.ts';
import { readGroups } from '../events/operations/group-positions.ts';
import { hasGroup } from '../projections/operations/status.ts';
import { hasSagas } from '../sagas/operations/operated-saga.ts';
import { parseTime } from './input/age.ts';
import { CommandError, MisuseError, type Command } from './input/command.ts';
import { helpOf, parseFlags, type Flags } from './input/flags.ts';
import { counted, printDryRun, printJson } from './output/printing.ts';
import { readSpans, untilPosition, type Span } from './replay-spans.ts';
import { kafkaOf, withDatabase, withKafka } from './input/service-access.ts';
import { tableText, type Column } from './output/table.ts';
import type { Knex } from 'knex';
import type { KafkaDriver } from '../events/kafka/driver.ts';
import { print } from '../logging/terminal.ts';

const names = ['from', 'group', 'forget', 'yes', 'json'] as const;
const columns: Column[] = ['PARTITION', 'FROM', 'TO', 'EVENTS'].map((title) => ({ title, right: true }));

/** A replay request, with its connections. */
interface Replay {
  topic: string;
  group: string;
  /** Undefined means the beginning. */
  since: Date | undefined;
  config: KafkaConfig;
  database: Knex;
  driver: KafkaDriver;
  values: Flags;
}

export const replayCommand: Command = {
  summary: 'has a service handle the events of a topic again: replay TOPIC --from TIME',
  flags: helpOf(names, {
    group: 'the name of the new group; with --forget: the group to move back',
    forget: "no new group: the service's group moves back, and forgets the events it handled since",
  }),
  async run(args, root) {
    const { values, words } = parseFlags(args, names, ['TOPIC']);
    const [topic = ''] = words;
    if (values.from === undefined) throw new MisuseError('--from is missing; specify the time to start from');
    const since = parseTime(values.from);
    const config = kafkaOf(root);
    const group = values.group ?? (values.forget ? config.groupId : newName(config.groupId));
    await withDatabase(root, (database) =>
      withKafka(config, async (driver) => {
        const replay = { topic, group, since, config, database, driver, values };
        await (values.forget ? forget(replay) : makeGroup(replay));
      }),
    );
  },
};

/** Contains the time, so the name is new. */
const newName = (group: string): string =>
  `${group}-replay-${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;

async function makeGroup({ topic, group, since, config, database, driver, values }: Replay): Promise<void> {
  const spans = await readSpans(driver, topic, since, config);
  await checkNew({ topic, group, config, database, driver });
  const isConsumed = await hasConsumed({ topic, config, database, driver });
  const positions = spans.map(({ partition, from }) => ({ partition, position: from }));
  if (values.yes) await createReplayGroup(database, { group, like: config.groupId, topic, positions });
  if (values.json)
    return printJson({
      ...documentOf({ topic, group, since, values }, spans),
      environment: { KAFKA_GROUP_ID: group },
    });
  printSpans(spans);
  const will = values.yes ? 'handles' : 'would handle';
  print(
    `\nA new group, ${group}, ${will} ${counted(total(spans), 'event')} of ${topic} from ${startName(since)} on, and all later events.`,
  );
  print(`In the other topics of the service, the new group continues where ${config.groupId} is now.`);
  if (!isConsumed)
    print(
      `${config.groupId} has not handled any event of ${topic} yet. Without a handler for this topic in the service, the new group handles nothing of it.`,
    );
  if (!values.yes) return printDryRun();
  print(
    `\nThe group exists. Run the service with this group, beside the running one or instead of it:\n\n  KAFKA_GROUP_ID=${group}`,
  );
}

/** Reports whether the service's group, or that of one of its subscriptions, has begun with the topic. */
async function hasConsumed({
  topic,
  config,
  database,
  driver,
}: Pick<Replay, 'topic' | 'config' | 'database' | 'driver'>): Promise<boolean> {
  const isOurs = (group: string) => group === config.groupId || group.startsWith(`${config.groupId}.`);
  const known = await readGroups(database, { topic });
  return (
    known.some(({ group }) => isOurs(group)) ||
    (await driver.committedOffsets(config.groupId, [topic])).length > 0
  );
}

/** Neither the group nor the groups of its subscriptions may exist: each one becomes the copy of another group. */
async function checkNew({
  topic,
  group,
  config,
  database,
  driver,
}: Pick<Replay, 'topic' | 'group' | 'config' | 'database' | 'driver'>): Promise<void> {
  const committed = await driver.committedOffsets(group, [topic]);
  const isTaken = committed.length > 0 || group === config.groupId;
  const found = isTaken ? group : await findGroup(database, group);
  if (found !== undefined)
    throw new CommandError(
      `group ${found} already exists; choose another name with --group, or move this group back with --forget`,
    );
  if (group.startsWith(`${config.groupId}.`))
    throw new CommandError(
      `group ${group} has the name of a subscription of ${config.groupId}; choose another name with --group`,
    );
}

/** A saga remembers which replies it has applied, so it would ignore them. */
async function refuseSagas({
  group,
  config,
  database,
}: Pick<Replay, 'group' | 'config' | 'database'>): Promise<void> {
  const name = group.startsWith(`${config.groupId}.`) ? group.slice(config.groupId.length + 1) : '';
  if (!(await hasSagas(database, name))) return;
  throw new CommandError(
    `group ${group} belongs to saga ${name}, which would ignore its replies; use microservice-runtime sagas retry for a saga that waits`,
  );
}

/** The rows of a projection already contain the events that would be handled again. */
async function refuseProjections(database: Knex, group: string): Promise<void> {
  if (!(await hasGroup(database, group))) return;
  throw new CommandError(
    `group ${group} belongs to a projection, whose rows already contain these events; define a new version of the projection, and rebuild it with microservice-runtime projections rebuild`,
  );
}

async function forget({ topic, group, since, config, database, driver, values }: Replay): Promise<void> {
  await refuseSagas({ group, config, database });
  await refuseProjections(database, group);
  const all = await readSpans(driver, topic, since, config);
  const begun = await untilPosition(all, { database, driver, group, topic });
  if (begun.length === 0)
    throw new CommandError(
      `group ${group} has not handled any event of ${topic} yet, so it cannot move back`,
    );
  const spans = begun.filter(({ events }) => events > 0);
  const positions = spans.map(({ partition, from }) => ({ partition, position: from }));
  const forgetting = { group, topic, positions, since };
  const act = values.yes && spans.length > 0;
  const forgotten = await (act ? forgetSince(database, forgetting) : countForgotten(database, forgetting));
  const { inbox, parked } = spans.length > 0 ? forgotten : { inbox: 0, parked: 0 };
  if (values.json)
    return printJson({ ...documentOf({ topic, group, since, values }, begun), forgotten: { inbox, parked } });
  printSpans(begun);
  if (spans.length === 0)
    return print(`\nGroup ${group} has handled no event of ${topic} since ${startName(since)}.`);
  const will = act ? 'handles' : 'would handle';
  print(`\nGroup ${group} ${will} ${counted(total(spans), 'event')} of ${topic} again.`);
  print(
    `${act ? 'Forgotten' : 'Would be forgotten'}: ${counted(inbox, 'row')} of the inbox, and ${counted(parked, 'parked event')} that Kafka delivers again.`,
  );
  if (!act) return printDryRun();
  print(
    'A running service moves back when the next event of a partition arrives. Restart the service to begin at once.',
  );
}

function printSpans(spans: readonly Span[]): void {
  const rows = spans.map(({ partition, from, to, events }) => [partition, from, to, events].map(String));
  print(tableText(columns, rows));
}

const total = (spans: readonly Span[]): number => spans.reduce((sum, { events }) => sum + events, 0);

const startName = (since: Date | undefined): string => since?.toISOString() ?? 'the beginning';

const documentOf = (
  { topic, group, since, values }: Pick<Replay, 'topic' | 'group' | 'since' | 'values'>,
  partitions: Span[],
) => ({
  dryRun: !values.yes,
  topic,
  group,
  forget: values.forget ?? false,
  since: since?.toISOString() ?? null,
  partitions,
});

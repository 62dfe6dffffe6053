import { hostname, userInfo } from 'node:os';
import type { Knex } from 'knex';
import { readGroups, skipOffset } from '../events/operations/group-positions.ts';
import type { KafkaDriver } from '../events/kafka/driver.ts';
import { CommandError, MisuseError } from './input/command.ts';
import type { Flags } from './input/flags.ts';
import { printDryRun, printJson } from './output/printing.ts';
import { kafkaOf, withDatabase, withKafka } from './input/service-access.ts';
import { print, printableValue } from '../logging/terminal.ts';

/** The events that a group skips, and the reason. */
interface Skip {
  group: string;
  topic: string;
  partition: number;
  offset: number;
  /** The last skipped offset; equal to `offset` for one event. */
  through: number;
  reason: string;
}

/**
 * `inbox skip TOPIC PARTITION OFFSET [--through OFFSET] --reason TEXT`: moves a group past one event that blocks its
 * partition, or past an unreadable batch, if the group is exactly there. A running service follows at its next attempt.
 * Rejects with the group's actual position otherwise.
 */
export async function skip(values: Flags, root: string, words: readonly string[]): Promise<void> {
  const [topic = '', partition = '', offset = ''] = words;
  const { reason, yes, json } = values;
  if (reason === undefined) throw new MisuseError('--reason is missing; say why the event is skipped');
  const config = kafkaOf(root);
  const first = numberOf('OFFSET', offset);
  const through = numberOf('--through', values.through ?? offset);
  if (through < first) throw new MisuseError(`--through ${through} is before OFFSET ${first}`);
  const skipped = {
    group: values.group ?? config.groupId,
    ...{ topic, partition: numberOf('PARTITION', partition), offset: first, through, reason },
  };
  await withDatabase(root, async (database) => {
    await checkPosition(database, skipped);
    const end = await withKafka(config, (driver) => endOfLog(driver, skipped));
    if (yes) await move(database, skipped);
    const record = { dryRun: !yes, ...skipped, end, by: operator(), at: new Date().toISOString() };
    if (json) return printJson(record);
    print(yes ? doneText(record) : planText(record));
    if (!yes) printDryRun();
  });
}

function numberOf(word: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new MisuseError(`${word} is ${JSON.stringify(text)}; write a number of 0 or more`);
}

async function checkPosition(database: Knex, { group, topic, partition, offset }: Skip): Promise<void> {
  const places = await readGroups(database, { group, topic });
  const position = places.find((each) => each.partition === partition)?.position;
  if (position === offset) return;
  const where = position === undefined ? 'has no position' : `is at ${position}, not at ${offset},`;
  throw new CommandError(
    `group ${group} ${where} in ${topic}/${partition}; only the event at the group's position can be skipped; npx microservice-runtime lag shows the position`,
  );
}

/** A position beyond the end would mean that the log was replaced. */
async function endOfLog(driver: KafkaDriver, { topic, partition, through }: Skip): Promise<number> {
  const isThere = (await driver.listTopics()).includes(topic);
  const logs = isThere ? await driver.topicOffsets(topic) : [];
  const end = logs.find((log) => log.partition === partition)?.high;
  if (end !== undefined && through < end) return end;
  throw new CommandError(
    end === undefined
      ? `Kafka has no partition ${topic}/${partition}`
      : `${topic}/${partition} ends at ${end}: it has no event at ${through} yet that could be skipped`,
  );
}

async function move(database: Knex, skipped: Skip): Promise<void> {
  if (await skipOffset(database, skipped, skipped.offset, skipped.through)) return;
  await checkPosition(database, skipped);
  throw new CommandError('the position has changed in the meantime; npx microservice-runtime lag shows it');
}

interface Record extends Skip {
  end: number;
  by: string;
  at: string;
}

const planText = ({ group, topic, partition, offset, through, end }: Record): string =>
  `Group ${group} is at ${offset} in ${topic}/${partition}, which ends at ${end}.\n` +
  (through === offset
    ? `The event at ${offset} would be skipped: it is never handled, but later events of its key are.`
    : `The events at ${offset} to ${through} would be skipped: they are never handled, but later events of their keys are.`);

const doneText = ({ group, topic, partition, offset, through, reason, by, at }: Record): string =>
  `${at} ${by} skipped ${topic}/${partition}@${through === offset ? offset : `${offset} to ${through}`} for group ${group}: ${printableValue(reason)}\n` +
  `The group is at ${through + 1}. A running service continues there at its next try.`;

/** The user of this command, as far as the machine knows; a container may have no name for its user. */
function operator(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}

import path from 'node:path';
import type { Base } from '../../../generators/output/base.ts';
import type { Remembered } from '../../../generators/output/yo-rc.ts';
import { answerAll, settleChanges } from '../../../generators/questions/answers.ts';
import type { GivenFlag } from '../../../generators/questions/question.ts';
import { commands } from '../../../generators/service/commands/commands.ts';
import { findEvents } from '../../../generators/service/contracts/contract-files.ts';
import { serviceFiles } from '../../../generators/service/files.ts';
import { historyOf, storedTables } from '../../../generators/service/migrations/history.ts';
import { planMigrations } from '../../../generators/service/migrations/plan.ts';
import { serviceView } from '../../../generators/service/view/service-view.ts';
import { questions } from '../../../generators/service/questions.ts';
import { fromStored, toStored } from '../../../generators/service/stored/stored-answers.ts';
import { firstVersion } from './first-version.ts';

/** A call of a command, as the owner types it. */
export interface CommandCall {
  command: string;
  words?: readonly string[];
  given?: Record<string, string | true>;
}

export type Memory = Pick<Remembered, 'answers' | 'tables'>;

/** The texts that a command generates for a service, and the memory that it stores. */
export interface Generated {
  files: Map<string, string>;
  remembered: Memory;
}

const contractFiles = ['payment', 'product', 'shipment'].map((name) =>
  path.join(firstVersion, 'contracts', `${name}.json`),
);

/**
 * Generates the files of a service after a command, as the command line does: from the stored answers to the new ones, to the migrations
 * and the files. `present` has the migrations of the folder.
 */
export async function generate(
  { command, words = [], given = {} }: CommandCall,
  { remembered, base, present }: { remembered: Memory; base: Base; present: Base },
): Promise<Generated> {
  const definition = commands.find(({ name }) => name === command);
  if (!definition) throw new Error(`no command is named ${command}`);
  const publishedEvents = () => findEvents([], contractFiles);
  const context = { siblings: [], contractFiles, notes: [], publishedEvents };
  const stored = fromStored(remembered.answers);
  const before = await answerAll(questions, context, { flags: [], stored, yes: true });
  const flags: GivenFlag[] = Object.entries(given).map(([flag, value]) => ({ flag, value }));
  const changed = await definition.change(before, { words, given: flags, yes: true, context });
  const answers = await settleChanges(questions, { before, answers: changed }, context, undefined);
  const migrations = planMigrations(serviceView(answers), historyOf(remembered, base, namesOf(present)));
  const after = { answers: toStored(answers), tables: storedTables(migrations.tables) };
  return {
    files: await serviceFiles(answers, migrations),
    remembered: JSON.parse(JSON.stringify(after)) as Memory,
  };
}

const namesOf = (present: Base) =>
  new Map(
    [...present]
      .filter(([file]) => file.startsWith('migrations/'))
      .map(([file, text]): [string, string] => [path.posix.basename(file), text]),
  );

import path from 'node:path';
import type { Texts } from '../../../generators/merge/plan.ts';
import { settleChanges } from '../../../generators/questions/answers.ts';
import type { GivenFlag } from '../../../generators/questions/question.ts';
import { commands } from '../../../generators/service/commands/commands.ts';
import { serviceFiles } from '../../../generators/service/files.ts';
import { historyOf, storedTables } from '../../../generators/service/migrations/history.ts';
import { planMigrations } from '../../../generators/service/migrations/plan.ts';
import type { ConsumedEvent, ServiceAnswers } from '../../../generators/service/model/answers.ts';
import { serviceView } from '../../../generators/service/view/service-view.ts';
import { questions } from '../../../generators/service/questions.ts';
import type { ServiceContext } from '../../../generators/service/service-context.ts';
import { fromStored, toStored } from '../../../generators/service/stored/stored-answers.ts';
import { serviceAnswers } from '../../support/service-answers.ts';
import { mergeService, written } from '../merge/grown-service.ts';

/** A call of a command: its words, and its flags by their names. */
export type Call = [command: string, words: string[], flags?: Record<string, string | boolean>];

/** A service between two runs: the texts of the last run, the files of its owner, and the contents of `.yo-rc.json`. */
export interface Service {
  base: Texts;
  disk: Texts;
  answers: object;
  tables: Record<string, string>;
  /** The notes of the last command. */
  notes?: string[];
}

/** Generates a new service in memory, whose answers are those that `.yo-rc.json` can hold. */
export async function newService(given: ServiceAnswers): Promise<Service> {
  const answers = { ...given, ...fromStored(toStored(given)) };
  const plan = planMigrations(serviceView(answers));
  const files = await serviceFiles(answers, plan);
  return { base: files, disk: files, answers: asJson(toStored(answers)), tables: storedTables(plan.tables) };
}

/**
 * Runs a command as the generator does, without a folder. `published` are the events of other services. Rejects with the
 * UsageError of a refused call.
 */
export async function runInMemory(
  service: Service,
  [name, words, flags = {}]: Call,
  published: ConsumedEvent[] = [],
): Promise<Service> {
  const { answers: stored, tables } = service;
  const before = serviceAnswers(fromStored({ ...stored }));
  const context = contextOf(published);
  const given = Object.entries(flags).map(([flag, value]): GivenFlag => ({ flag, value }));
  const command = commands.find((each) => each.name === name);
  if (!command) throw new Error(`no command ${name}`);
  const changed = await command.change(before, { words, given, yes: true, context });
  const answers = await settleChanges(questions, { before, answers: changed }, context, undefined);
  const history = historyOf(
    { answers: { ...stored }, tables },
    new Map(service.base),
    migrationsIn(service.disk),
  );
  const plan = planMigrations(serviceView(answers), history);
  const merged = await mergeService(service.base, service.disk, await serviceFiles(answers, plan));
  return {
    base: merged.base,
    disk: written(service.disk, merged),
    answers: asJson(toStored(answers)),
    tables: storedTables(plan.tables),
    notes: [...context.notes, ...plan.notes],
  };
}

const asJson = (stored: object) => JSON.parse(JSON.stringify(stored)) as object;

const contextOf = (published: ConsumedEvent[]): ServiceContext => ({
  siblings: [],
  contractFiles: [],
  notes: [],
  publishedEvents: async () => published,
});

const migrationsIn = (disk: Texts): Map<string, string> =>
  new Map(
    [...disk].flatMap(([file, text]): [string, string][] =>
      file.startsWith('migrations/') ? [[path.posix.basename(file), text]] : [],
    ),
  );

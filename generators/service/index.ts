import path from 'node:path';
import { answerAll } from '../questions/answers.ts';
import { FolderGenerator } from '../yeoman/folder-generator.ts';
import { folderName } from '../output/folder-name.ts';
import { findPlace, findSiblings, servicesFolder, type Place } from '../output/place.ts';
import { shownPath } from '../core/shown-path.ts';
import { checkPrograms } from '../output/steps.ts';
import { openTarget } from '../output/target.ts';
import { packageVersion } from '../core/version.ts';
import type { Call, Step, Work } from '../output/work.ts';
import { yoRcFile, type Remembered } from '../output/yo-rc.ts';
import type { ServiceAnswers } from './model/answers.ts';
import { findEvents } from './contracts/contract-files.ts';
import { serviceFiles } from './files.ts';
import { questions } from './questions.ts';
import type { ServiceContext } from './service-context.ts';
import { readHistory, storedTables } from './migrations/history.ts';
import { planMigrations } from './migrations/plan.ts';
import { fromStored, toStored } from './stored/stored-answers.ts';
import { checkAnswers } from './stored/stored-rules.ts';
import { serviceView } from './model/view.ts';

/** Writes one service. */
export class ServiceGenerator extends FolderGenerator {
  protected async plan(call: Call): Promise<Work> {
    const place = await findPlace(call.cwd);
    const context = await serviceContext(call, place);
    const name = await folderName(questions.name, context, { call, place, generator: 'service' });
    const folder = name === undefined ? undefined : targetFolder(name, place);
    const before = folder === undefined ? undefined : await openTarget(folder, 'service', call);
    const stored = {
      ...(before && fromStored(before.answers, yoRcIn(folder))),
      ...(name !== undefined && { name }),
    };
    const others = { ...context, siblings: context.siblings.filter((sibling) => sibling.folder !== folder) };
    const answers = await answerAll(questions, others, { ...call, flags: call.given, stored });
    const target = folder ?? targetFolder(answers.name, place);
    return workOf(answers, target, { before, notes: context.notes, workspace: place.workspace });
  }
}

const yoRcIn = (folder = '.') => shownPath(path.join(folder, yoRcFile));

function targetFolder(name: string, place: Place): string {
  const { cwd, current } = place;
  if (current?.generator === 'service' && current.answers['name'] === name) return cwd;
  return path.join(servicesFolder(place), `${name}-service`);
}

async function serviceContext(call: Call, place: Place): Promise<ServiceContext> {
  const siblings = await findSiblings(servicesFolder(place), call);
  for (const { folder, answers } of siblings) checkAnswers(answers, yoRcIn(folder));
  const contracts = call.given.filter(({ flag }) => flag === 'contract');
  const contractFiles = contracts.map(({ value }) => path.resolve(call.cwd, String(value)));
  return { siblings, contractFiles, notes: [], publishedEvents: () => findEvents(siblings, contractFiles) };
}

interface Surroundings {
  before: Remembered | undefined;
  notes: string[];
  workspace: string | undefined;
}

const lockFiles = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml' };

async function workOf(
  answers: ServiceAnswers,
  folder: string,
  { before, notes, workspace }: Surroundings,
): Promise<Work> {
  const { git, install, packageManager } = answers;
  const steps: Step[] = [];
  if (git) steps.push({ program: 'git', args: ['init', '--quiet'], writes: ['.git'] });
  if (install)
    steps.push({
      program: packageManager,
      args: ['install'],
      writes: ['node_modules', lockFiles[packageManager]],
    });
  checkPrograms(steps, {
    git: '--no-git',
    npm: '--no-install',
    pnpm: '--no-install, or --package-manager npm',
  });
  const history = await readHistory(folder, before);
  const plan = planMigrations(serviceView(answers), history);
  return {
    folder,
    workspace,
    again: before !== undefined,
    files: await serviceFiles(answers, plan),
    born: history.born,
    remembered: {
      generator: 'service',
      version: packageVersion(),
      answers: toStored(answers),
      tables: storedTables(plan.tables),
    },
    notes: [...notes, ...plan.notes],
    steps,
    next: nextLines(answers, folder),
  };
}

function nextLines({ install, packageManager, port }: ServiceAnswers, folder: string): string[] {
  const shown = shownPath(folder);
  const run = packageManager === 'npm' ? 'npm run' : 'pnpm';
  return [
    ...(shown === '.' ? [] : [`cd ${shown}`]),
    ...(install ? [] : [`${packageManager} install`]),
    `${run} dev    # then http://localhost:${port}/docs`,
    `${packageManager} test`,
  ];
}

import path from 'node:path';
import { answerAll } from '../answers.ts';
import { FolderGenerator } from '../folder-generator.ts';
import { findPlace, findSiblings, servicesFolder, type Place } from '../place.ts';
import { checkPrograms } from '../steps.ts';
import { openTarget } from '../target.ts';
import { packageVersion } from '../version.ts';
import type { Call, Step, Work } from '../work.ts';
import type { ServiceAnswers } from './answers.ts';
import { findEvents } from './contract-files.ts';
import { serviceFiles } from './files.ts';
import { nameQuestion, questions, type ServiceContext } from './questions.ts';
import { fromStored, toStored } from './stored-answers.ts';

/** Writes one service. */
export class ServiceGenerator extends FolderGenerator {
  protected async _plan(call: Call): Promise<Work> {
    const place = await findPlace(call.cwd);
    const name = await serviceName(call, place);
    const folder = name === undefined ? undefined : targetFolder(name, place);
    const before = folder === undefined ? undefined : await openTarget(folder, 'service', call.force);
    const context = await serviceContext(call, place, folder, before !== undefined);
    const stored = { ...(before && fromStored(before.answers)), ...(name !== undefined && { name }) };
    const answers = await answerAll(questions, context, { ...call, flags: call.given, stored });
    return plan(answers, folder ?? targetFolder(answers.name, place), context.again);
  }
}

/** Undefined where nobody says it; the questions then name it with all else that is missing. */
async function serviceName(call: Call, { current }: Place): Promise<string | undefined> {
  const given = call.given.filter(({ flag }) => flag === 'name');
  const remembered = current?.generator === 'service' ? current.answers['name'] : undefined;
  if (given.length === 0 && typeof remembered === 'string') return remembered;
  if (given.length === 0 && !call.ask) return undefined;
  const { name } = await answerAll<Pick<ServiceAnswers, 'name'>, unknown>(
    [nameQuestion as never],
    undefined,
    {
      ...call,
      flags: given,
    },
  );
  return name;
}

function targetFolder(name: string, place: Place): string {
  const { cwd, current } = place;
  if (current?.generator === 'service' && current.answers['name'] === name) return cwd;
  return path.join(servicesFolder(place), `${name}-service`);
}

async function serviceContext(
  call: Call,
  place: Place,
  folder: string | undefined,
  again: boolean,
): Promise<ServiceContext> {
  const all = await findSiblings(servicesFolder(place));
  const siblings = all.filter((sibling) => sibling.folder !== folder);
  const contracts = call.given.filter(({ flag }) => flag === 'contract');
  const contractFiles = contracts.map(({ value }) => path.resolve(call.cwd, String(value)));
  return { siblings, again, contractFiles, publishedEvents: () => findEvents(siblings, contractFiles) };
}

async function plan(answers: ServiceAnswers, folder: string, again: boolean): Promise<Work> {
  const { git, install, packageManager } = answers;
  const steps: Step[] = [];
  if (git) steps.push({ program: 'git', args: ['init', '--quiet'] });
  if (install) steps.push({ program: packageManager, args: ['install'] });
  checkPrograms(steps, {
    git: '--no-git',
    npm: '--no-install',
    pnpm: '--no-install, or --package-manager npm',
  });
  const remembered = { generator: 'service', version: packageVersion(), answers: toStored(answers) };
  return {
    folder,
    again,
    files: await serviceFiles(answers),
    remembered,
    steps,
    next: nextLines(answers, folder),
  };
}

function nextLines({ install, packageManager, port }: ServiceAnswers, folder: string): string[] {
  const shown = path.relative(process.cwd(), folder) || '.';
  const run = packageManager === 'npm' ? 'npm run' : 'pnpm';
  return [
    ...(shown === '.' ? [] : [`cd ${shown}`]),
    ...(install ? [] : [`${packageManager} install`]),
    `${run} dev    # then http://localhost:${port}/docs`,
    `${packageManager} test`,
  ];
}

import path from 'node:path';
import { answerAll } from '../answers.ts';
import { FolderGenerator } from '../folder-generator.ts';
import { findPlace, type Place } from '../place.ts';
import { checkPrograms } from '../steps.ts';
import { openTarget } from '../target.ts';
import { UsageError } from '../usage-error.ts';
import { packageVersion } from '../version.ts';
import type { Call, Step, Work } from '../work.ts';
import { workspaceFiles } from './files.ts';
import { nameQuestion, questions, type WorkspaceAnswers } from './questions.ts';

/** Writes the folder in which the services of one system lie side by side. */
export class WorkspaceGenerator extends FolderGenerator {
  protected async _plan(call: Call): Promise<Work> {
    const place = await findPlace(call.cwd);
    const name = await workspaceName(call, place);
    const folder = name === undefined ? undefined : targetFolder(name, place);
    const before = folder === undefined ? undefined : await openTarget(folder, 'workspace', call.force);
    const again = before !== undefined;
    const stored = {
      ...(before && { ...(before.answers as Partial<WorkspaceAnswers>), git: false }),
      ...(name !== undefined && { name }),
    };
    const answers = await answerAll(questions, { again }, { ...call, flags: call.given, stored });
    return plan(answers, folder ?? targetFolder(answers.name, place), again);
  }
}

async function workspaceName(call: Call, { current }: Place): Promise<string | undefined> {
  const given = call.given.filter(({ flag }) => flag === 'name');
  const remembered = current?.generator === 'workspace' ? current.answers['name'] : undefined;
  if (given.length === 0 && typeof remembered === 'string') return remembered;
  if (given.length === 0 && !call.ask) return undefined;
  const { name } = await answerAll<Pick<WorkspaceAnswers, 'name'>, unknown>(
    [nameQuestion as never],
    undefined,
    {
      ...call,
      flags: given,
    },
  );
  return name;
}

function targetFolder(name: string, { cwd, current, workspace }: Place): string {
  if (current?.generator === 'workspace' && current.answers['name'] === name) return cwd;
  if (workspace)
    throw new UsageError(`${workspace} is a workspace; a workspace within one would share its ports`);
  return path.join(cwd, name);
}

async function plan(answers: WorkspaceAnswers, folder: string, again: boolean): Promise<Work> {
  const steps: Step[] = answers.git ? [{ program: 'git', args: ['init', '--quiet'] }] : [];
  checkPrograms(steps, { git: '--no-git' });
  const { git: _git, ...stored } = answers;
  const shown = path.relative(process.cwd(), folder) || '.';
  return {
    folder,
    again,
    files: await workspaceFiles(answers),
    remembered: { generator: 'workspace', version: packageVersion(), answers: stored },
    steps,
    next: [...(shown === '.' ? [] : [`cd ${shown}`]), 'npm init microservice user'],
  };
}

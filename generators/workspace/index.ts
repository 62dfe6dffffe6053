import path from 'node:path';
import { answerAll } from '../questions/answers.ts';
import { FolderGenerator } from '../yeoman/folder-generator.ts';
import { folderName } from '../output/folder-name.ts';
import { findPlace, type Place } from '../output/place.ts';
import { shownPath } from '../core/shown-path.ts';
import { checkPrograms } from '../output/steps.ts';
import { openTarget } from '../output/target.ts';
import { UsageError } from '../core/usage-error.ts';
import { packageVersion } from '../core/version.ts';
import type { Call, Step, Work } from '../output/work.ts';
import { yoRcFile } from '../output/yo-rc.ts';
import { workspaceFiles } from './files.ts';
import { questions, type WorkspaceAnswers } from './questions.ts';
import { fromStored } from './stored-answers.ts';

/** Writes the folder in which the services of one system lie side by side. */
export class WorkspaceGenerator extends FolderGenerator {
  protected async plan(call: Call): Promise<Work> {
    const place = await findPlace(call.cwd);
    const name = await folderName(questions.name, undefined, { call, place, generator: 'workspace' });
    const folder = name === undefined ? undefined : targetFolder(name, place);
    const before = folder === undefined ? undefined : await openTarget(folder, 'workspace', call);
    const stored = {
      ...(before && fromStored(before.answers, yoRcIn(folder))),
      ...(name !== undefined && { name }),
    };
    const answers = await answerAll(questions, undefined, { ...call, flags: call.given, stored });
    return workOf(answers, folder ?? targetFolder(answers.name, place), before !== undefined);
  }
}

const yoRcIn = (folder = '.') => shownPath(path.join(folder, yoRcFile));

function targetFolder(name: string, { cwd, current, workspace }: Place): string {
  if (current?.generator === 'workspace' && current.answers['name'] === name) return cwd;
  if (workspace)
    throw new UsageError(
      `${shownPath(workspace)} is already a workspace, and a workspace inside it would use the same ports; choose another folder`,
    );
  return path.join(cwd, name);
}

async function workOf(answers: WorkspaceAnswers, folder: string, again: boolean): Promise<Work> {
  const { git, ...stored } = answers;
  const steps: Step[] = git ? [{ program: 'git', args: ['init', '--quiet'], writes: ['.git'] }] : [];
  checkPrograms(steps, { git: '--no-git' });
  const shown = shownPath(folder);
  return {
    folder,
    again,
    files: await workspaceFiles(answers),
    born: new Map(),
    notes: [],
    remembered: { generator: 'workspace', version: packageVersion(), answers: stored },
    steps,
    next: [
      ...(shown === '.' ? [] : [`cd ${shown}`]),
      'npm init microservice user',
      'npm install',
      'npm run dev    # all services',
    ],
  };
}

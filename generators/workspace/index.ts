import path from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Place } from '../output/place.ts';
import { gitInit } from '../output/steps.ts';
import type { Step } from '../output/work.ts';
import { FolderGenerator } from '../yeoman/folder-generator.ts';
import type { Plan } from '../yeoman/plan.ts';
import { workspaceFiles } from './files.ts';
import { questions, type WorkspaceAnswers } from './questions.ts';
import { fromStored } from './stored-answers.ts';

/** The generator `microservice:workspace`, which writes the folder that contains the services of one system. */
export class WorkspaceGenerator extends FolderGenerator<WorkspaceAnswers, undefined> {
  protected get kind(): string {
    return 'workspace';
  }

  protected get questions(): typeof questions {
    return questions;
  }

  protected contextOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  protected folderOf(name: string, { cwd, current, workspace }: Place): string {
    if (current?.generator === 'workspace' && current.answers['name'] === name) return cwd;
    if (workspace)
      throw new UsageError(
        `${shownPath(workspace)} is already a workspace, and a workspace inside it would use the same ports; choose another folder`,
      );
    return path.join(cwd, name);
  }

  protected fromStored(stored: Record<string, unknown>, file: string): Partial<WorkspaceAnswers> {
    return fromStored(stored, file);
  }

  protected async plan({ git: _git, ...answers }: WorkspaceAnswers): Promise<Plan> {
    return { files: await workspaceFiles(answers), remembered: { answers } };
  }

  protected steps({ git }: WorkspaceAnswers): Step[] {
    return git ? [gitInit] : [];
  }

  protected next(): string[] {
    return ['npm init microservice user', 'npm install', 'npm run dev    # all services'];
  }
}

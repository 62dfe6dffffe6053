import { packageVersion } from '../core/version.ts';
import { renderFolder, byPath, type Finish } from '../rendering/render-folder.ts';
import { templatesRoot } from '../rendering/templates-root.ts';
import { markdown } from '../rendering/writers.ts';
import type { WorkspaceAnswers } from './questions.ts';

/**
 * Returns every file of the workspace that `answers` describe, formatted: path (with `/`) to text. Writes nothing. `finish`
 * gets the text of each template.
 */
export async function workspaceFiles(
  answers: Omit<WorkspaceAnswers, 'git'>,
  finish?: Finish,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const data = {
    ...answers,
    version: packageVersion(),
    markdown: { description: await markdown(answers.description) },
  };
  await renderFolder(templatesRoot('workspace'), data, { files, finish });
  return byPath(files);
}

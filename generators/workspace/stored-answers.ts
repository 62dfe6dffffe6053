import { descriptionFault } from '../core/description-rule.ts';
import { checkOf } from '../outside/check.ts';
import { text } from '../outside/rules.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { workspaceNameFault, type WorkspaceAnswers } from './questions.ts';

const rules = { name: text(workspaceNameFault), description: text(descriptionFault) };

/**
 * Validates the answers of an earlier run. Actions of that run are not repeated: no git init. Throws a UsageError that names
 * `file` and the place in it.
 */
export function fromStored(
  stored: Record<string, unknown>,
  file: string = yoRcFile,
): Partial<WorkspaceAnswers> {
  const check = checkOf(file);
  const { name, description } = stored;
  return {
    ...(name !== undefined && { name: check(name, rules.name, 'name') }),
    ...(description !== undefined && { description: check(description, rules.description, 'description') }),
    git: false,
  };
}

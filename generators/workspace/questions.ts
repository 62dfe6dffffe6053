import { descriptionFault } from '../core/description-rule.ts';
import { confirmQuestion, textQuestion } from '../questions/question-kinds.ts';
import type { Questions } from '../questions/question.ts';
import { kebabFault } from '../outside/kebab-case.ts';

export interface WorkspaceAnswers {
  /** kebab-case; also the name of the folder. */
  name: string;
  description: string;
  git: boolean;
}

/** The questions, in the order in which the generator asks them. */
export const questions: Questions<WorkspaceAnswers, undefined> = {
  name: textQuestion({
    name: 'name',
    message: 'Name of the workspace',
    flag: { name: 'name', value: '<name>', help: 'the name, instead of the first word: my-system' },
    defaultHelp: 'none; a name is required',
    required: 'a name is required: npm init microservice workspace my-system -- --yes',
    default: () => undefined,
    check: workspaceNameFault,
  }),
  description: textQuestion({
    name: 'description',
    message: 'What does the system do, in one sentence?',
    flag: { name: 'description', value: '<text>', help: 'the purpose of the system, in one sentence' },
    defaultHelp: '"The services of <name>"',
    default: ({ name = '' }) => `The services of ${name}`,
    check: descriptionFault,
  }),
  git: confirmQuestion({
    name: 'git',
    message: 'Make it a git repository?',
    flag: { name: 'git', help: 'git init', no: 'no repository' },
    defaultHelp: 'no; each service is its own repository',
    default: () => false,
  }),
};

/** Returns the reason why a workspace cannot have this name. */
export function workspaceNameFault(name: string): string | undefined {
  return ['service', 'workspace'].includes(name)
    ? `"${name}" is the name of a generator`
    : kebabFault(name, 'the name');
}

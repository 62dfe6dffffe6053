import { descriptionFault } from '../description-rule.ts';
import { confirmQuestion, textQuestion, type AnyQuestion } from '../question.ts';
import { kebabFault } from '../service/name-rules.ts';

export interface WorkspaceAnswers {
  /** kebab-case; the folder is called so. */
  name: string;
  description: string;
  git: boolean;
}

export interface WorkspaceContext {
  /** The folder was written by an earlier run. */
  again: boolean;
}

export const nameQuestion = textQuestion<WorkspaceAnswers, unknown, 'name'>('name', {
  message: 'Name of the workspace',
  flag: { name: 'name', value: '<name>', help: 'the same as the first word: my-system' },
  defaultHelp: 'none: it must be given',
  default: () => undefined,
  check: (name) =>
    name === 'service' || name === 'workspace' ? `"${name}" is reserved` : kebabFault(name, 'the name'),
});

/** In the order in which they are asked. */
export const questions: AnyQuestion<WorkspaceAnswers, WorkspaceContext>[] = [
  nameQuestion,
  textQuestion('description', {
    message: 'What the system does, in a sentence',
    flag: { name: 'description', value: '<text>', help: 'what the system does, in a sentence' },
    defaultHelp: '"The services of <name>"',
    default: ({ name = '' }) => `The services of ${name}`,
    check: descriptionFault,
  }),
  confirmQuestion('git', {
    message: 'Make it a git repository?',
    flag: { name: 'git', help: 'git init', no: 'no repository' },
    defaultHelp: 'no: each service is a repository of its own',
    default: () => false,
  }),
];

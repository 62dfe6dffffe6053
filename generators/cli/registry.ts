import type { FolderGeneratorClass } from '../yeoman/folder-generator.ts';
import type { Flag } from '../questions/question.ts';
import { questions as serviceQuestions, serviceOptions } from '../service/questions.ts';
import { questions as workspaceQuestions } from '../workspace/questions.ts';

/** What the command line knows about a generator before it is loaded. */
export interface GeneratorEntry {
  name: string;
  summary: string;
  questions: readonly { flags: Flag[]; defaultHelp: string }[];
  options: readonly Flag[];
  load(): Promise<FolderGeneratorClass>;
}

/** The first one is the default. */
export const generators: readonly GeneratorEntry[] = [
  {
    name: 'service',
    summary: 'a microservice, in services/<name>-service of a workspace, else in ./<name>-service (default)',
    questions: Object.values(serviceQuestions),
    options: serviceOptions,
    load: async () => (await import('../service/index.ts')).ServiceGenerator,
  },
  {
    name: 'workspace',
    summary: 'a workspace for the services of one system and their Kafka, in ./<name>',
    questions: Object.values(workspaceQuestions),
    options: [],
    load: async () => (await import('../workspace/index.ts')).WorkspaceGenerator,
  },
];

export const flagsOf = ({ questions, options }: GeneratorEntry): Flag[] => [
  ...questions.flatMap(({ flags }) => flags),
  ...options,
];

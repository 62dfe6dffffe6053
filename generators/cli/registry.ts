import type { Flag } from '../questions/question.ts';
import { questions as serviceQuestions, serviceOptions } from '../service/questions.ts';
import { questions as workspaceQuestions } from '../workspace/questions.ts';
import type { GeneratorClass } from '../yeoman/base-generator.ts';

/** The facts about a generator that the help, the command line and Yeoman's environment need before they load it. */
export interface GeneratorEntry {
  /** The word that selects the generator on the command line. */
  name: string;
  /** The name in Yeoman: `yo <namespace>`. */
  namespace: `microservice:${string}`;
  description: string;
  questions: readonly { flags: Flag[]; defaultHelp: string }[];
  /** Flags that answer no question. */
  options: readonly Flag[];
  /** Loads the class, which renders the files and lists the next steps. */
  load: () => Promise<GeneratorClass>;
}

/** Every generator. The first one is the default. */
export const generators: readonly [GeneratorEntry, ...GeneratorEntry[]] = [
  {
    name: 'service',
    namespace: 'microservice:service',
    description:
      'a microservice, in services/<name>-service of a workspace, else in ./<name>-service (default)',
    questions: Object.values(serviceQuestions),
    options: serviceOptions,
    load: async () => (await import('../service/index.ts')).ServiceGenerator,
  },
  {
    name: 'workspace',
    namespace: 'microservice:workspace',
    description: 'a workspace for the services of one system and their Kafka, in ./<name>',
    questions: Object.values(workspaceQuestions),
    options: [],
    load: async () => (await import('../workspace/index.ts')).WorkspaceGenerator,
  },
];

/** The namespace of the generator that selects one of the others by the words of the command. */
export const appNamespace = 'microservice:app';

export const flagsOf = ({ questions, options }: GeneratorEntry): Flag[] => [
  ...questions.flatMap(({ flags }) => flags),
  ...options,
];

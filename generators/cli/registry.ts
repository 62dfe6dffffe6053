import type { Flag } from '../questions/question.ts';
import { questions as serviceQuestions, serviceOptions } from '../service/questions.ts';
import { commands } from '../service/commands/commands.ts';
import { serviceFlag } from '../service/find-service.ts';
import { questions as workspaceQuestions } from '../workspace/questions.ts';
import type { GeneratorClass } from '../yeoman/base-generator.ts';

/** The facts about a generator that the help, the command line and Yeoman's environment need before they load it. */
export interface GeneratorEntry {
  /** The word that selects the generator on the command line. */
  name: string;
  /** The name in Yeoman: `yo <namespace>`. */
  namespace: `microservice:${string}`;
  description: string;
  /** The placeholders of the words after its name, and the most words. */
  words: string;
  mostWords: number;
  /** For a command: calls, without `npm init microservice`, with their effects. */
  examples?: readonly (readonly [call: string, effect: string])[];
  questions: readonly { flags: Flag[]; defaultHelp: string }[];
  /** Flags that answer no question. */
  options: readonly Flag[];
  /** Loads the class, which renders the files and lists the next steps. */
  load: () => Promise<GeneratorClass>;
}

/** The generators of folders. The first one is the default. */
export const generators: readonly [GeneratorEntry, ...GeneratorEntry[]] = [
  {
    name: 'service',
    namespace: 'microservice:service',
    description:
      'a microservice, in services/<name>-service of a workspace, else in ./<name>-service (default)',
    words: '[name]',
    mostWords: 1,
    questions: Object.values(serviceQuestions),
    options: serviceOptions,
    load: async () => (await import('../service/index.ts')).ServiceGenerator,
  },
  {
    name: 'workspace',
    namespace: 'microservice:workspace',
    description: 'a workspace for the services of one system and their Kafka, in ./<name>',
    words: '[name]',
    mostWords: 1,
    questions: Object.values(workspaceQuestions),
    options: [],
    load: async () => (await import('../workspace/index.ts')).WorkspaceGenerator,
  },
];

/** The commands that change a service. */
export const commandEntries: readonly GeneratorEntry[] = commands.map((definition) => ({
  name: definition.name,
  namespace: `microservice:${definition.name}`,
  description: definition.description,
  words: definition.words,
  mostWords: definition.mostWords,
  examples: definition.examples,
  questions: [],
  options: [...definition.flags, serviceFlag],
  load: async () => (await import('../service/commands/command-generator.ts')).generatorOf(definition),
}));

/** All that the first word of the command can select. */
export const entries: readonly GeneratorEntry[] = [...generators, ...commandEntries];

/** The namespace of the generator that selects one of the others by the words of the command. */
export const appNamespace = 'microservice:app';

export const flagsOf = ({ questions, options }: GeneratorEntry): Flag[] => [
  ...questions.flatMap(({ flags }) => flags),
  ...options,
];

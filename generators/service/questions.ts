import { descriptionFault } from '../description-rule.ts';
import type { Sibling } from '../place.ts';
import {
  choiceQuestion,
  confirmQuestion,
  numberQuestion,
  textQuestion,
  type AnyQuestion,
  type Flag,
} from '../question.ts';
import { ciSystems, packageManagers, type ConsumedEvent, type ServiceAnswers } from './answers.ts';
import { consumesQuestion } from './consumes-question.ts';
import { serviceNameFault } from './name-rules.ts';
import { nextPort, portFault } from './ports.ts';
import { resourcesQuestion } from './resources-question.ts';

export interface ServiceContext {
  siblings: Sibling[];
  /** The folder was written by an earlier run. */
  again: boolean;
  contractFiles: string[];
  /** What siblings and contract files publish; read when it is needed. */
  publishedEvents(): Promise<ConsumedEvent[]>;
}

export const nameQuestion = textQuestion<ServiceAnswers, unknown, 'name'>('name', {
  message: 'Name of the service',
  flag: { name: 'name', value: '<name>', help: 'the same as the first word: user, or user-service' },
  defaultHelp: 'none: it must be given',
  tidy: (text) => text.trim().replace(/(?<=.)-service$/, ''),
  default: () => undefined,
  check: serviceNameFault,
});

/** In the order in which they are asked. */
export const questions: AnyQuestion<ServiceAnswers, ServiceContext>[] = [
  nameQuestion,
  textQuestion('description', {
    message: 'What it does, in a sentence',
    flag: { name: 'description', value: '<text>', help: 'what the service does, in a sentence' },
    defaultHelp: '"The <name> service"',
    default: ({ name = '' }) => `The ${name.replaceAll('-', ' ')} service`,
    check: descriptionFault,
  }),
  resourcesQuestion,
  consumesQuestion,
  numberQuestion('port', {
    message: 'Port of the service on this machine',
    flag: { name: 'port', value: '<number>', help: 'where the service listens on this machine' },
    defaultHelp: 'the next one that no sibling has, from 8001',
    default: (_, { siblings }) => nextPort('port', siblings),
    check: (port, _, { siblings }) => portFault('port', port, siblings),
  }),
  numberQuestion('databasePort', {
    message: 'Port of its PostgreSQL on this machine',
    flag: { name: 'database-port', value: '<number>', help: 'where its PostgreSQL listens on this machine' },
    defaultHelp: 'the next one that no sibling has, from 5432',
    default: ({ port }, { siblings }) => nextPort('databasePort', siblings, [port]),
    check: (databasePort, { port }, { siblings }) =>
      databasePort === port
        ? `${port} is the port of the service`
        : portFault('databasePort', databasePort, siblings),
  }),
  choiceQuestion('packageManager', {
    message: 'Package manager',
    choices: packageManagers,
    flag: { name: 'package-manager', value: '<npm|pnpm>', help: 'what installs and runs its scripts' },
    defaultHelp: 'npm',
    default: () => 'npm',
  }),
  choiceQuestion('ci', {
    message: 'Continuous integration',
    choices: ciSystems,
    flag: { name: 'ci', value: '<github|none>', help: 'a pipeline of GitHub Actions', no: 'no pipeline' },
    defaultHelp: 'github',
    default: () => 'github',
  }),
  confirmQuestion('kubernetes', {
    message: 'Kubernetes manifests?',
    flag: { name: 'kubernetes', help: 'Kubernetes manifests in k8s/', no: 'no manifests' },
    defaultHelp: 'yes',
    default: () => true,
  }),
  confirmQuestion('git', {
    message: 'Make it a git repository?',
    flag: { name: 'git', help: 'git init', no: 'no repository' },
    defaultHelp: 'yes, unless the folder was there',
    default: (_, { again }) => !again,
  }),
  confirmQuestion('install', {
    message: 'Install its packages now?',
    flag: { name: 'install', help: 'install its packages', no: 'install nothing' },
    defaultHelp: 'yes, unless the folder was there',
    default: (_, { again }) => !again,
  }),
];

/** Flags that answer no question. */
export const serviceOptions: Flag[] = [
  {
    name: 'contract',
    value: '<file>',
    help: 'an asyncapi.json whose events --consumes may name too; repeatable',
  },
];

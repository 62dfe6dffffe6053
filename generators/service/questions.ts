import { serviceName } from './find-service.ts';
import type { ServiceContext } from './service-context.ts';
import { descriptionFault } from '../core/description-rule.ts';
import {
  choiceQuestion,
  confirmQuestion,
  numberQuestion,
  textQuestion,
  unaskedQuestion,
} from '../questions/question-kinds.ts';
import type { Flag, Questions } from '../questions/question.ts';
import { authKinds, ciSystems, type ServiceAnswers } from './model/answers.ts';
import { packageManagers } from './model/package-managers.ts';
import { clientsQuestion } from './clients-question.ts';
import { consumesQuestion } from './consumes-question.ts';
import { serviceNameFault } from './model/name-rules.ts';
import { projectionsFault } from './projections/projection-rules.ts';
import { nextPort, portFault } from './stored/ports.ts';
import { participantsFault, sagasFault } from './sagas/saga-rules.ts';
import { resourcesQuestion } from './resources-question.ts';

const updateWorkflow = confirmQuestion<ServiceAnswers, ServiceContext, 'updateWorkflow'>({
  name: 'updateWorkflow',
  message: 'A weekly pull request with the changes of a newer generator?',
  flag: {
    name: 'update-workflow',
    help: 'a workflow of GitHub Actions that opens a pull request with updates every week',
    no: 'no such workflow',
  },
  defaultHelp: 'no',
  default: () => false,
});

/** The questions, in the order in which the generator asks them. */
export const questions: Questions<ServiceAnswers, ServiceContext> = {
  name: textQuestion({
    name: 'name',
    message: 'Name of the service',
    flag: {
      name: 'name',
      value: '<name>',
      help: 'the name, instead of the first word: user, or user-service',
    },
    defaultHelp: 'none; a name is required',
    required: 'a name is required: npm init microservice user -- --yes',
    tidy: serviceName,
    default: () => undefined,
    check: serviceNameFault,
  }),
  description: textQuestion({
    name: 'description',
    message: 'What does it do, in one sentence?',
    flag: { name: 'description', value: '<text>', help: 'the purpose of the service, in one sentence' },
    defaultHelp: '"The <name> service"',
    default: ({ name = '' }) => `The ${name.replaceAll('-', ' ')} service`,
    check: descriptionFault,
  }),
  resources: resourcesQuestion,
  consumes: consumesQuestion,
  port: numberQuestion({
    name: 'port',
    message: 'Port of the service on this machine',
    flag: { name: 'port', value: '<number>', help: 'the port of the service on this machine' },
    defaultHelp: 'the first that no other service has, from 8001',
    default: (_, { siblings }) => nextPort('port', siblings),
    check: (port, _, { siblings }) => portFault('port', port, siblings),
  }),
  databasePort: numberQuestion({
    name: 'databasePort',
    message: 'Port of its PostgreSQL on this machine',
    flag: { name: 'database-port', value: '<number>', help: 'the port of its PostgreSQL on this machine' },
    defaultHelp: 'the first that no other service has, from 5432',
    default: ({ port }, { siblings }) => nextPort('databasePort', siblings, [port]),
    check: (databasePort, { port }, { siblings }) =>
      databasePort === port
        ? `${port} is already the port of the service; choose another port`
        : portFault('databasePort', databasePort, siblings),
  }),
  clients: clientsQuestion,
  commands: unaskedQuestion('commands', []),
  sagas: { ...unaskedQuestion('sagas', []), check: sagasFault },
  participants: { ...unaskedQuestion('participants', []), check: participantsFault },
  projections: { ...unaskedQuestion('projections', []), check: projectionsFault },
  auth: choiceQuestion({
    name: 'auth',
    message: 'Tokens that callers need',
    choices: authKinds,
    flag: {
      name: 'auth',
      value: '<none|jwt>',
      help: 'the tokens that callers need: jwt of an OpenID Connect issuer',
      no: 'callers need no token',
    },
    defaultHelp: 'none',
    default: () => 'none',
  }),
  packageManager: choiceQuestion({
    name: 'packageManager',
    message: 'Package manager',
    choices: packageManagers,
    flag: {
      name: 'package-manager',
      value: '<npm|pnpm|yarn>',
      help: 'the program that installs packages and runs scripts',
    },
    defaultHelp: 'npm',
    default: () => 'npm',
  }),
  ci: choiceQuestion({
    name: 'ci',
    message: 'Continuous integration',
    choices: ciSystems,
    flag: { name: 'ci', value: '<github|none>', help: 'a pipeline of GitHub Actions', no: 'no pipeline' },
    defaultHelp: 'github',
    default: () => 'github',
  }),
  updateWorkflow: {
    ...updateWorkflow,
    ask: async (ask, known, context) => known.ci === 'github' && updateWorkflow.ask(ask, known, context),
  },
  kubernetes: confirmQuestion({
    name: 'kubernetes',
    message: 'Kubernetes manifests?',
    flag: { name: 'kubernetes', help: 'Kubernetes manifests in k8s/', no: 'no manifests' },
    defaultHelp: 'yes',
    default: () => true,
  }),
  git: confirmQuestion({
    name: 'git',
    message: 'Make it a git repository?',
    flag: { name: 'git', help: 'git init', no: 'no repository' },
    defaultHelp: 'yes; no in a later run',
    default: () => true,
  }),
  install: confirmQuestion({
    name: 'install',
    message: 'Install its packages now?',
    flag: { name: 'install', help: 'install its packages', no: 'install nothing' },
    defaultHelp: 'yes; no in a later run',
    default: () => true,
  }),
};

/** Flags that answer no question. */
export const serviceOptions: Flag[] = [
  {
    name: 'contract',
    value: '<file>',
    help: 'an asyncapi.json of a service that is not in the same folder; repeatable',
    many: true,
  },
  {
    name: 'skip-install',
    help: 'the same as --no-install, as other Yeoman generators spell it',
    means: { flag: 'install', value: false },
  },
];

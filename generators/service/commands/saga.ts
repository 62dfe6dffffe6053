import { UsageError } from '../../core/usage-error.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import type { Saga, ServiceAnswers } from '../model/answers.ts';
import { resourceEvents } from '../model/resource-events.ts';
import { sagasOf } from '../model/saga-view.ts';
import { sagasFault } from '../sagas/saga-rules.ts';
import { stepGrammar } from '../sagas/step-grammar.ts';
import type { Command, CommandCall } from './call/command.ts';
import { textsOf } from './call/given.ts';
import { missing, spelledCall } from './call/spelling.ts';
import { refuseFollowed } from './projection/removal.ts';
import { splitSteps, sagaStepOf } from './saga/steps.ts';

const example = 'saga place-order --started-by order.created --step payment --step inventory';

/** The command `saga`: steps in other services that all succeed or are undone. */
export const saga: Command = {
  name: 'saga',
  words: '<name>',
  mostWords: 1,
  description: 'a saga: steps in other services that all succeed or are undone, with its events and test',
  flags: [
    { name: 'started-by', value: '<event>', help: 'the event of a resource of the service that starts it' },
    {
      name: 'step',
      value: '<service>',
      help: `a service that does a step, in their order, and the fields of its request: ${stepGrammar}`,
      many: true,
    },
  ],
  examples: [
    [example, 'adds src/sagas/place-order-saga.ts, which requests a payment, then an inventory'],
    [
      'saga place-order --started-by order.created --step "payment(charged|declined|refunded):amount:decimal"',
      'sends the amount of the order, and expects payment.charged or payment.declined',
    ],
  ],
  parts: {
    namesIn: ({ sagas }) => sagas.map(({ name }) => name),
    without: (answers, name, { notes }) => {
      const removed = sagasOf(
        answers.sagas.filter((each) => each.name === name),
        answers.resources,
      ).flatMap(({ steps, ends }) => [
        ...steps.flatMap(({ requests, replies }) => [...requests, ...replies]),
        ...ends,
      ]);
      refuseFollowed(answers.projections, (event) => removed.some(({ type }) => type === event));
      notes.push('The tables of sagas and their migration stay.');
      return { ...answers, sagas: answers.sagas.filter((each) => each.name !== name) };
    },
  },
  async change(answers, call) {
    const added = await sagaOf(answers, call);
    const sagas = [...answers.sagas, added];
    const fault = sagasFault(sagas, answers);
    if (fault !== undefined) throw new UsageError(fault);
    call.context.notes.push(
      'The saga works once each of its services answers. In the workspace, write',
      ...added.steps.map(({ name }) => {
        const request = `${added.startedBy.split('.')[0]}.${name}-requested`;
        return `  ${spelledCall(`consumer ${request} --replies --service ${name}`)}`;
      }),
    );
    return { ...answers, sagas };
  },
};

async function sagaOf(answers: ServiceAnswers, call: CommandCall): Promise<Saga> {
  const {
    words: [word],
    ask,
  } = call;
  const name =
    word ?? (await ask?.text({ message: 'Its name', validate: (text) => nameFault(text) ?? true }));
  if (name === undefined) throw missing('the saga needs a name', example);
  const startedBy = textsOf(call, 'started-by') ?? (await askStart(answers, call));
  if (startedBy === undefined) throw missing('the saga needs the event that starts it', example);
  const texts = splitSteps(await stepsIn(call));
  if (texts.length === 0) throw missing('the saga needs a step', example);
  const saga = { name, startedBy, ends: endsOf(name, startedBy, answers), steps: [] };
  const fault = sagasFault([...answers.sagas, saga], answers);
  if (fault !== undefined) throw new UsageError(fault);
  return { ...saga, steps: texts.map((text) => sagaStepOf(text, startedBy, answers.resources)) };
}

async function stepsIn(call: CommandCall): Promise<string[]> {
  const given = call.given.filter(({ flag }) => flag === 'step').map(({ value }) => String(value));
  if (given.length > 0 || !call.ask) return given;
  return [await call.ask.text({ message: 'The services that do its steps, in order' })];
}

/** The guide's order.confirmed and order.cancelled, unless the resource has such events already. */
function endsOf(name: string, startedBy: string, { resources, sagas }: ServiceAnswers): Saga['ends'] {
  const [resource] = startedBy.split('.');
  const present = [
    ...resources.flatMap(resourceEvents).map(({ type }) => type),
    ...sagasOf(sagas, resources).flatMap(({ ends }) => ends.map(({ type }) => type)),
  ];
  const isTaken = ['confirmed', 'cancelled'].some((verb) => present.includes(`${resource}.${verb}`));
  return isTaken ? [`${name}-completed`, `${name}-compensated`] : ['confirmed', 'cancelled'];
}

async function askStart({ resources }: ServiceAnswers, { ask }: CommandCall): Promise<string | undefined> {
  const types = resources.flatMap(resourceEvents).map(({ type }) => type);
  if (!ask || types.length === 0) return undefined;
  return ask.choose({
    message: 'Which event starts it?',
    choices: types.map((type) => ({ name: type, value: type })),
  });
}

const nameFault = (name: string): string | undefined => kebabFault(name, 'the name of the saga');

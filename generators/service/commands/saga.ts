import { UsageError } from '../../core/usage-error.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import { seen } from '../../outside/seen.ts';
import type { Saga, ServiceAnswers } from '../model/answers.ts';
import { sagasOf, startOf } from '../model/saga-view.ts';
import { resourceEvents } from '../model/resource-events.ts';
import { copiesOf, handlersOf } from '../model/view.ts';
import type { Command, CommandCall } from './call/command.ts';
import { textsOf } from './call/given.ts';
import { missing, spelledCall } from './call/spelling.ts';

const example = 'saga place-order --started-by order.created --step payment --step inventory';

/** The command `saga`: steps in other services that all succeed or are undone. */
export const saga: Command = {
  name: 'saga',
  words: '<name>',
  mostWords: 1,
  description: 'a saga: steps in other services that all succeed or are undone, with its events and test',
  flags: [
    { name: 'started-by', value: '<event>', help: 'the event of a resource of the service that starts it' },
    { name: 'step', value: '<service>', help: 'a service that does a step, in their order', many: true },
  ],
  examples: [[example, 'adds src/sagas/place-order-saga.ts, which requests a payment, then an inventory']],
  parts: {
    namesIn: ({ sagas }) => sagas.map(({ name }) => name),
    without: (answers, name, { notes }) => {
      notes.push('The tables of sagas and their migration stay.');
      return { ...answers, sagas: answers.sagas.filter((each) => each.name !== name) };
    },
  },
  async change(answers, call) {
    const added = await sagaOf(answers, call);
    const fault = sagaFault(answers, added);
    if (fault !== undefined) throw new UsageError(fault);
    call.context.notes.push(
      `Add the data of the requests in src/events/${added.name}-requests.ts. Handlers of the end are the second argument of bus.addSaga in src/app.ts.`,
      ...added.steps.map(
        (step) =>
          `The service "${step}" answers with addParticipant of microservice-runtime: it handles ${added.startedBy.split('.')[0]}.${step}-requested and publishes ${step}.succeeded.`,
      ),
    );
    return { ...answers, sagas: [...answers.sagas, added] };
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
  const typed =
    textsOf(call, 'step') ?? (await ask?.text({ message: 'The services that do its steps, in order' }));
  const steps = (typed ?? '').split(/[\s,]+/).filter((step) => step !== '');
  if (steps.length === 0) throw missing('the saga needs a step', example);
  return { name, startedBy, steps };
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

function sagaFault(answers: ServiceAnswers, added: Saga): string | undefined {
  const { name, startedBy, steps } = added;
  const own = answers.resources.flatMap(resourceEvents).map(({ type }) => type);
  const resource = startedBy.split('.')[0] ?? '';
  const twice = steps.find((step, index) => steps.indexOf(step) !== index);
  const taken = answers.sagas.find((other) => other.steps.some((step) => steps.includes(step)));
  if (nameFault(name) !== undefined) return nameFault(name);
  if (answers.sagas.some((other) => other.name === name))
    return `the service has the saga "${name}" already; choose another name`;
  if (!startOf(added, answers.resources))
    return own.length === 0
      ? `the service has no resource whose event starts a saga; first write ${spelledCall('resource order --fields "code:string"')}`
      : `no resource of the service publishes the event ${seen(startedBy)}; its events are ${own.join(', ')}`;
  if (twice !== undefined) return `the step "${twice}" is given twice; name each step once`;
  if (steps.includes(resource))
    return `the step "${resource}" has the name of the resource; name the service that does the step`;
  if (taken) return `the saga "${taken.name}" has a step with this name already; choose another name`;
  return (
    steps.map((step) => kebabFault(step, 'the name of a step')).find((fault) => fault !== undefined) ??
    clashFault(answers, added)
  );
}

/** The events of all files are listed together in contracts.ts, by their names in the code. */
function clashFault({ resources, consumes, sagas }: ServiceAnswers, added: Saga): string | undefined {
  const others = [
    ...resources.flatMap(resourceEvents).flatMap(({ versions }) => versions),
    ...[...copiesOf(consumes), ...handlersOf(consumes)].flatMap(({ events }) => events),
    ...sagasOf(sagas, resources).flatMap(eventsOf),
  ];
  const clash = sagasOf([added], resources)
    .flatMap(eventsOf)
    .find(({ name, type }) => others.some((other) => other.name === name || other.type === type));
  return clash && `the service has an event with the name of "${clash.type}" already; choose other names`;
}

const eventsOf = ({ steps, ends }: ReturnType<typeof sagasOf>[number]) => [
  ...steps.flatMap(({ requests, replies }) => [...requests, ...replies]),
  ...ends,
];

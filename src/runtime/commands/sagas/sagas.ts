import type { Knex } from 'knex';
import {
  findSagas,
  readHistory,
  readSaga,
  type HistoryRow,
  type SagaDetails,
  type SagaRow,
} from '../../sagas/operations/operated-saga.ts';
import { print } from '../../logging/terminal.ts';
import { ageOf, parseAge } from '../input/age.ts';
import { CommandError, MisuseError, type Command } from '../input/command.ts';
import { limitOf, type Flags } from '../input/flags.ts';
import { withDatabase } from '../input/service-access.ts';
import { commandOf, type Subcommand } from '../input/subcommands.ts';
import { printJson, printMore } from '../output/printing.ts';
import { tableText } from '../output/table.ts';
import { commandSaga } from './verbs.ts';

const LIMIT = 100;
const statuses = ['open', 'running', 'compensating', 'stuck', 'completed', 'compensated'];
const one = ['SAGA', 'ID'];

/** Shows sagas, and leaves commands to the replicas of the service. */
export const sagasCommand: Command = commandOf(
  'shows sagas; retries, skips, compensates or completes one',
  {
    list: {
      summary: 'one row per saga, oldest first; those that have not ended, if no status is given',
      flags: ['saga', 'id', 'status', 'older-than', 'limit', 'json'],
      run: (values, root) => withDatabase(root, (database) => list(database, values)),
    },
    show: {
      summary: 'the state, the steps and the timers of a saga',
      flags: ['json'],
      words: one,
      run: (values, root, words) =>
        withDatabase(root, async (database) => show(await sagaOf(database, words), values)),
    },
    history: {
      summary: 'each change of a saga, with its cause and the events that it published',
      flags: ['json'],
      words: one,
      run: (values, root, words) => withDatabase(root, (database) => history(database, words, values)),
    },
    retry: verb('retry', 'requests the unanswered steps, or their cancels, again'),
    skip: verb('skip', 'treats a step as done, or while compensating as undone'),
    compensate: verb('compensate', 'undoes the steps; impossible after the pivot'),
    complete: verb('complete', 'ends the saga, without further requests'),
  },
  { id: 'the saga with this id', 'older-than': 'sagas that started earlier: 90s, 10m, 2h, 3d' },
);

function verb(name: 'retry' | 'skip' | 'compensate' | 'complete', summary: string): Subcommand {
  return {
    summary,
    flags: ['reason', 'yes', 'json'],
    words: name === 'skip' ? [...one, 'STEP'] : one,
    run: (values, root, words) =>
      withDatabase(root, async (database) => {
        const [, , step = ''] = words;
        const { reason } = values;
        if (name === 'skip' && reason === undefined)
          throw new MisuseError('--reason is missing; the history of the saga keeps it');
        const command = name === 'skip' ? { verb: name, step } : { verb: name };
        const saga = await sagaOf(database, words);
        await commandSaga(database, saga, { ...command, ...(reason !== undefined && { reason }) }, values);
      }),
  };
}

async function sagaOf(database: Knex, [saga = '', id = '']: string[]): Promise<SagaDetails> {
  const found = await readSaga(database, { saga, id });
  if (found) return found;
  throw new CommandError(
    `saga ${saga} ${id} does not exist; see microservice-runtime sagas list --status completed`,
  );
}

async function list(database: Knex, values: Flags): Promise<void> {
  const { saga, id, status = id === undefined ? 'open' : undefined } = values;
  if (status !== undefined && !statuses.includes(status))
    throw new MisuseError(`--status is ${JSON.stringify(status)}; use one of ${statuses.join(', ')}`);
  const age = values['older-than'];
  const filter = { saga, id, status, olderThan: age === undefined ? undefined : parseAge(age) };
  const { sagas, total } = await findSagas(database, filter, limitOf(values, LIMIT));
  const more = total - sagas.length;
  if (values.json) return printJson({ sagas, more });
  print(sagas.length === 0 ? 'No sagas.' : listText(sagas));
  printMore(more);
}

const listText = (sagas: readonly SagaRow[]): string =>
  tableText(
    ['SAGA', 'ID', 'STATUS', 'WAITS FOR', 'AGE'].map((title) => ({ title })),
    sagas.map(({ saga, id, status, waitingFor, startedAt }) => [
      ...[saga, id, status, waitingFor.join(', ')],
      ageOf(startedAt),
    ]),
  );

function show(saga: SagaDetails, { json }: Flags): void {
  if (json) return printJson(saga);
  const steps = saga.steps.map(({ step, status, attempts, changedAt }) => [
    ...[step, status, String(attempts)],
    ageOf(new Date(changedAt)),
  ]);
  const timers = saga.timers.map(({ name, dueAt, error }) => [name, ageOf(new Date(dueAt)), error ?? '']);
  print(
    [
      listText([saga]),
      `state: ${JSON.stringify(saga.state)}`,
      `correlation id: ${saga.correlationId}`,
      tableText(
        ['STEP', 'STATUS', 'ATTEMPTS', 'SINCE'].map((title) => ({ title })),
        steps,
      ),
      ...(timers.length > 0
        ? [
            tableText(
              ['TIMER', 'DUE', 'ERROR'].map((title) => ({ title })),
              timers,
            ),
          ]
        : []),
    ].join('\n\n'),
  );
}

async function history(database: Knex, words: string[], { json }: Flags): Promise<void> {
  const { saga, id } = await sagaOf(database, words);
  const rows = await readHistory(database, { saga, id });
  if (json) return printJson({ saga, id, history: rows });
  print(
    tableText(
      ['AT', 'CAUSE', 'CHANGES', 'PUBLISHED'].map((title) => ({ title })),
      rows.map(historyCells),
    ),
  );
}

const historyCells = ({ at, cause, changes, published }: HistoryRow): string[] => [
  at.toISOString(),
  causeText(cause),
  changes.map(({ step, change }) => (step ? `${step} ${change}` : change)).join(', '),
  published.map(({ type }) => type).join(', '),
];

function causeText(cause: HistoryRow['cause']): string {
  if ('event' in cause) return `${cause.event} ${cause.id} of ${cause.source}`;
  if ('timer' in cause) return `timeout of ${cause.timer}`;
  const { command, step, reason } = cause;
  return `${[command, step].filter(Boolean).join(' ')}${reason === undefined ? '' : `: ${reason}`}`;
}

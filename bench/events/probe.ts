import { createRequire } from 'node:module';

/**
 * Records when each step on the way of an event begins and ends, from outside of the program: `node --import probe.mjs <program>`.
 * It watches the statements of `pg` and the requests of KafkaJS, and answers the request `marks` of the parent process.
 */

/** A statement or a request that touched events, with its times on the clock of `program.ts`. */
export interface Mark {
  step: 'read' | 'send' | 'delete' | 'fetch' | 'begin' | 'claim' | 'insert' | 'commit';
  begun: number;
  ended: number;
  /** The numbers of its events; for `begin`, `claim` and `commit`, those that the transaction inserted. */
  numbers: number[];
}

interface Statement {
  text?: string;
  values?: unknown[];
  _results: { rows?: { id: string; value: string }[] } | { rows?: { id: string; value: string }[] }[];
  submit: (this: Statement, connection: object) => unknown;
  handleReadyForQuery: (this: Statement, connection: object) => unknown;
}

interface KafkaBroker {
  produce: (
    this: KafkaBroker,
    request: { topicData: { partitions: { messages: { value: string | Buffer }[] }[] }[] },
  ) => Promise<unknown>;
  fetch: (
    this: KafkaBroker,
    request: object,
  ) => Promise<{ responses: { partitions: { messages: { value?: Buffer | null }[] }[] }[] }>;
}

const require = createRequire(process.argv[1] ?? import.meta.url);
const { prototype: statement }: { prototype: Statement } = require('pg/lib/query');
const { prototype: broker }: { prototype: KafkaBroker } = require('kafkajs/src/broker');

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const marks: Mark[] = [];
const submitted = new WeakMap<Statement, number>();
/** The steps of the transaction that is open on a connection. */
const open = new WeakMap<object, Mark[]>();
/** The numbers of the rows of the outbox, by id. */
const ids = new Map<string, number>();

const numberIn = (value: string | Buffer | null | undefined): number[] => {
  const found = /"number":(\d+)/.exec(String(value ?? ''))?.[1];
  return found === undefined ? [] : [Number(found)];
};

const { submit, handleReadyForQuery } = statement;
statement.submit = function (connection) {
  submitted.set(this, now());
  return submit.call(this, connection);
};
statement.handleReadyForQuery = function (connection) {
  note(this, connection, { begun: submitted.get(this) ?? Number.NaN, ended: now() });
  return handleReadyForQuery.call(this, connection);
};

function note({ text = '', values = [], _results }: Statement, connection: object, times: Times): void {
  if (/from event_outbox\b.*order by id limit/s.test(text)) return noteRead([_results].flat(), times);
  if (/^\s*delete from event_outbox where ctid/.test(text)) {
    const [, deleted] = values as [unknown, string[]];
    marks.push({ step: 'delete', ...times, numbers: deleted.flatMap((id) => ids.get(id) ?? []) });
  }
  const step = stepOf(text);
  const opens = step === 'begin' || (step === 'claim' && !open.has(connection)); // BEGIN may be sent with the claim
  const known = opens ? [] : open.get(connection);
  if (!step || !known) return;
  open.set(connection, known);
  known.push({ step, ...times, numbers: step === 'insert' ? [Number(values[0])] : [] });
  if (step === 'commit') close(connection, known);
}

interface Times {
  begun: number;
  ended: number;
}

function noteRead(results: { rows?: { id: string; value: string }[] }[], times: Times): void {
  const numbers = results.flatMap(({ rows = [] }) =>
    rows.flatMap(({ id, value }) => {
      const [number] = numberIn(value);
      if (number !== undefined) ids.set(id, number);
      return number ?? [];
    }),
  );
  marks.push({ step: 'read', ...times, numbers });
}

function stepOf(text: string): Mark['step'] | undefined {
  if (/^\s*begin/i.test(text)) return 'begin';
  if (/^\s*commit/i.test(text)) return 'commit';
  if (/insert into (event_inbox|seen)\b/.test(text)) return 'claim';
  return /insert into copies\b/.test(text) ? 'insert' : undefined;
}

/** A transaction that inserted copies handled their events. */
function close(connection: object, steps: Mark[]): void {
  open.delete(connection);
  const numbers = steps.flatMap((each) => each.numbers);
  if (numbers.length === 0) return;
  marks.push(...steps.map((each) => ({ ...each, numbers: each.step === 'insert' ? each.numbers : numbers })));
}

const { produce, fetch } = broker;
broker.produce = async function (request) {
  const begun = now();
  const answer = await produce.call(this, request);
  const messages = request.topicData.flatMap(({ partitions }) => partitions.flatMap((each) => each.messages));
  marks.push({
    step: 'send',
    begun,
    ended: now(),
    numbers: messages.flatMap(({ value }) => numberIn(value)),
  });
  return answer;
};
broker.fetch = async function (request) {
  const begun = now();
  const answer = await fetch.call(this, request);
  const messages = answer.responses.flatMap(({ partitions }) => partitions.flatMap((each) => each.messages));
  const numbers = messages.flatMap(({ value }) => numberIn(value));
  if (numbers.length > 0) marks.push({ step: 'fetch', begun, ended: now(), numbers });
  return answer;
};

/** Answers before the program does, and forgets the marks. It must not listen earlier: it would consume the first requests. */
process.on('newListener', function listen(event) {
  if (event !== 'message') return;
  process.off('newListener', listen);
  process.on('message', ({ id, name }: { id: number; name: string }) => {
    if (name === 'marks') process.send?.({ id, value: marks.splice(0) });
  });
});

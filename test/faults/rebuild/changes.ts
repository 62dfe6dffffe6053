import joi from 'joi';
import type { Knex } from 'knex';
import {
  defineEvent,
  defineProjection,
  type EventDefinition,
  type ProjectionDefinition,
  type ProjectionTransaction,
  type ReceivedEvent,
} from 'microservice-runtime';
import * as outboxTable from '../../../src/runtime/tables/event-outbox.ts';
import * as parkedTables from '../../../src/runtime/tables/event-parked.ts';
import * as projectionTables from '../../../src/runtime/tables/projections.ts';
import { createInbox } from '../../support/tables.ts';
import type { Row } from './verdict.ts';

/** A change of an account; the key of its event is the account. */
export interface Change {
  /** Counts the changes of the account from 1, without gaps. */
  sequence: number;
  amount: number;
}

export const projection = 'balances';
export const accounts = Array.from({ length: 40 }, (_, index) => `account-${index + 1}`);

export const changedIn = (topic: string): EventDefinition<Change> =>
  defineEvent<Change>({
    type: 'account.changed',
    version: 1,
    topic,
    aggregate: 'account',
    schema: joi.object({ sequence: joi.number().required(), amount: joi.number().required() }),
  });

export interface Balances {
  version: number;
  all(): Promise<Row[]>;
}

/** The columns of each version, whose shapes differ: the changes, their sum, and a digest that depends on their order. */
const shapes = {
  1: { changes: 'changes', total: 'total', digest: 'digest' },
  2: { changes: 'number_of_changes', total: 'balance', digest: 'fingerprint' },
} as const;
export type Version = keyof typeof shapes;

/** Version 1 handles one event at a time, version 2 several. */
export function balancesOf(
  changed: EventDefinition<Change>,
  version: Version,
): ProjectionDefinition<Balances> {
  const { changes, total, digest } = shapes[version];
  const table = `balances_v${version}`;
  const upsert = `
    insert into ${table} as old (id, ${changes}, ${total}, ${digest}) values (:id, 1, :amount, md5(:step))
    on conflict (id) do update set ${changes} = old.${changes} + 1, ${total} = old.${total} + excluded.${total},
      ${digest} = md5(old.${digest} || :step)`;
  const apply = ({ subject: id, data }: ReceivedEvent<Change>, trx: ProjectionTransaction) =>
    trx.raw(upsert, { id, amount: data.amount, step: stepOf(data) });
  const settings = {
    ...{ name: projection, version },
    read: (database: Knex): Balances => ({
      version,
      all: () =>
        database(table).select('id', `${changes} as changes`, `${total} as total`, `${digest} as digest`),
    }),
  };
  if (version === 1) return defineProjection({ ...settings, on: [[changed, apply]] });
  return defineProjection({
    ...settings,
    on: [],
    onBatch: [
      [
        changed,
        async (events, trx) => {
          for (const event of events) await apply(event, trx);
        },
      ],
    ],
  });
}

/** The part of the digest of a change. */
export const stepOf = ({ sequence, amount }: Change): string => `/${sequence}:${amount}`;

/** `sent` records every committed change, in the transaction that publishes its event. */
export async function createTables(database: Knex): Promise<void> {
  for (const { up } of [outboxTable, parkedTables, projectionTables]) await up(database);
  await createInbox(database);
  await database.raw(`
    create table accounts (id text primary key, sequence integer not null);
    create table sent (account text, sequence integer, amount integer not null, primary key (account, sequence));
    ${([1, 2] as const)
      .map((version) => {
        const { changes, total, digest } = shapes[version];
        return `create table balances_v${version} (id text primary key, ${changes} integer not null, ${total} integer not null, ${digest} text not null);`;
      })
      .join('\n')}`);
  await database('accounts').insert(accounts.map((id) => ({ id, sequence: 0 })));
}

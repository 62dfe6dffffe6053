import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { ReceivedEvent } from 'microservice-runtime';
import type { MoneySent } from './money.ts';

/** Credits a transfer from another bank and records it; `database` is for records that must survive a rollback. */
export function receiveMoney(database: Knex) {
  return async (event: ReceivedEvent<MoneySent>, trx: Knex.Transaction): Promise<void> => {
    const { transfer, sequence, recipient, amount, sentAt, poison } = event.data;
    if (poison && !(await isHarmless(database, event.data))) await fail(event.data);
    await trx('credits')
      .insert({ account: recipient, balance: amount })
      .onConflict('account')
      .merge({ balance: trx.raw('credits.balance + excluded.balance') });
    await trx('ledger').insert({
      ...{ transfer, account: event.subject, sequence, recipient, amount, poisoned: poison !== undefined },
      ...{ topic: event.topic, partition: event.partition, sent_at: sentAt, handled_at: Date.now() },
    });
  };
}

/** Counts the attempt, and reports whether the poison has lost its effect. */
async function isHarmless(database: Knex, { transfer, poison }: MoneySent): Promise<boolean> {
  if (poison?.tries === 'until cured')
    return (await database('cures').where({ transfer }).first()) !== undefined;
  const [{ tries } = { tries: 0 }] = await database('failures')
    .insert({ transfer, tries: 1 })
    .onConflict('transfer')
    .merge({ tries: database.raw('failures.tries + 1') })
    .returning<{ tries: number }[]>('tries');
  return tries > (poison?.tries ?? 0);
}

async function fail({ transfer, poison }: MoneySent): Promise<never> {
  if (poison?.error === 'hang') await pause(60_000);
  if (poison?.error === 'bug') throw new TypeError(`${transfer} is poisonous`);
  throw new Error(`${transfer} is poisonous`);
}

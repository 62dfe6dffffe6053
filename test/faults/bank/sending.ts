import type { Knex } from 'knex';
import type { EventBus } from 'microservice-runtime';
import type { MoneySent, MoneySentEvent } from './money.ts';

export interface Transfer extends Pick<MoneySent, 'transfer' | 'recipient' | 'amount' | 'poison' | 'memo'> {
  account: string;
}

/** How a transfer fails: the code throws after it has published, or PostgreSQL refuses the COMMIT. */
export type RollBack = 'thrown' | 'refused';

/** Debits an account and notifies the other bank, in one transaction. */
export async function sendMoney(
  { database, bus, moneySent }: { database: Knex; bus: EventBus; moneySent: MoneySentEvent },
  { account, ...rest }: Transfer,
  rollBack?: RollBack,
): Promise<void> {
  const { transfer, recipient, amount, poison } = rest;
  await database.transaction(async (trx) => {
    const [row] = await trx('accounts')
      .where('id', account)
      .update({ balance: trx.raw('balance - ?', [amount]), sequence: trx.raw('sequence + 1') })
      .returning<{ sequence: number }[]>('sequence');
    if (!row) throw new Error(`there is no account ${account}`);
    const { sequence } = row;
    const sentAt = Date.now();
    await trx('sent').insert({
      ...{ transfer, account, sequence, recipient, amount },
      ...{ poisoned: poison !== undefined, sent_at: sentAt },
    });
    await bus.publish(moneySent.of(account, { ...rest, sequence, sentAt }), trx);
    if (rollBack === 'thrown') throw new Error('rolled back on purpose');
    if (rollBack === 'refused') await trx('vetoes').insert({ id: transfer });
  });
}

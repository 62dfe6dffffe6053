import { randomUUID } from 'node:crypto';
import type { Poison } from './bank/money.ts';
import type { Transfer } from './bank/sending.ts';
import { largestMessage, type Bank } from './world.ts';

/** A transfer of a client over HTTP. */
export const transferOf = (account: string, more: Partial<Transfer> = {}): Transfer => ({
  transfer: `${randomUUID()}/1`,
  account,
  recipient: 'savings',
  amount: 1,
  ...more,
});

/** A transfer whose event fails this number of times, or until it is cured. */
export const poisonous = (account: string, tries: Poison['tries']): Transfer =>
  transferOf(account, { poison: { error: 'failure', tries } });

/** A transfer whose event is larger than its topic accepts. */
export const oversized = (account: string): Transfer =>
  transferOf(account, { memo: 'x'.repeat(largestMessage + 1) });

/** Asks a replica that serves; resolves to the status, or rejects when it does not answer within 20 s. */
export async function requestTransfer({ name, replicas }: Bank, transfer: Transfer): Promise<number> {
  const url = replicas.map((replica) => replica.url()).find(Boolean);
  if (!url) throw new Error(`no replica of ${name} serves`);
  const response = await fetch(`${url}/v1/transfers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(transfer),
    signal: AbortSignal.timeout(20_000),
  });
  await response.arrayBuffer();
  return response.status;
}

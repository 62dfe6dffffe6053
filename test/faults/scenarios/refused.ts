import { redriveOutgoing } from '../../../src/runtime/events/operations/redrive-outbox.ts';
import { waitFor } from '../../../src/devkit/testing/wait-for.ts';
import { oversized, requestTransfer, transferOf } from '../requests.ts';
import { setLargestMessage, type Bank, type World } from '../world.ts';

export interface RefusedFigures {
  /** Keys that Kafka's refusal had blocked. */
  blocked: number;
  /** The sequences of one of them, in the order in which they were handled. */
  sequences: number[];
}

const behind = 5;

/**
 * Sends an event that its topic refuses, and later events of its account; then makes the topic accept it and redrives every
 * blocked outgoing key. Resolves when all events of the account are handled.
 */
export async function redriveRefused(world: World): Promise<RefusedFigures> {
  const [sender, receiver] = world.banks;
  const account = world.specialAccount(sender);
  await requestTransfer(sender, oversized(account));
  await waitFor(async () => (await blockedKeys(sender)).includes(account), {
    timeout: 60_000,
    message: 'a refused event',
  });
  for (let sent = 0; sent < behind; sent++) await requestTransfer(sender, transferOf(account));
  const blocked = await redriveAll(world);
  const ofAccount = () => receiver.database('ledger').where({ account }).orderBy('place').select('sequence');
  await waitFor(async () => (await ofAccount()).length === behind + 1, {
    timeout: 60_000,
    message: 'the whole account',
  });
  const rows: { sequence: number }[] = await ofAccount();
  return { blocked, sequences: rows.map(({ sequence }) => sequence) };
}

async function redriveAll(world: World): Promise<number> {
  let redriven = 0;
  await setLargestMessage(world, 1_000_000);
  for (const bank of world.banks) {
    for (const key of await blockedKeys(bank)) {
      await redriveOutgoing(bank.database, { topic: bank.topic, key });
      redriven += 1;
    }
  }
  return redriven;
}

async function blockedKeys({ database }: Bank): Promise<string[]> {
  return database('event_parked_keys').where('consumer_group', '').pluck('key');
}

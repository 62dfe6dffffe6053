import { setTimeout as pause } from 'node:timers/promises';
import { requestTransfer, transferOf } from '../requests.ts';
import { countAll, countSent, recovered } from '../rest.ts';
import type { World } from '../world.ts';

export interface KafkaAway {
  /** Transfers that were committed while no broker ran. */
  sent: number;
  /** The transfers that waited in the outboxes at the end of the outage. */
  waiting: number;
  /** Answers to requests over HTTP meanwhile, by status. */
  answers: Map<number, number>;
}

const requestInterval = 500;

/** Kills every broker, sends HTTP requests meanwhile, and resolves when the brokers are back and the flow has recovered. */
export async function takeKafkaAway(world: World, milliseconds: number): Promise<KafkaAway> {
  const { brokers } = world.infrastructure;
  const answers = new Map<number, number>();
  const account = world.specialAccount(world.banks[0]);
  await Promise.all(brokers.map((broker) => broker.kill()));
  const sentBefore = await countSent(world);
  for (const end = Date.now() + milliseconds; Date.now() < end;) {
    const status = await requestTransfer(world.banks[0], transferOf(account));
    answers.set(status, (answers.get(status) ?? 0) + 1);
    await pause(requestInterval);
  }
  const sent = (await countSent(world)) - sentBefore;
  const waiting = await countAll(world, 'event_outbox');
  await Promise.all(brokers.map((broker) => broker.start()));
  await recovered(world);
  return { sent, waiting, answers };
}

import type { EventPath } from './event-path.ts';
import { seconds } from './seconds.ts';

/** Runs a step, and prints its title and its duration. */
export async function step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const started = performance.now();
  const result = await work();
  console.log(`${seconds(started).padStart(8)}  ${title}`);
  return result;
}

/** What the reader is about to see, and why it matters. */
export const introduction = `user-service publishes events about users; notification-service keeps copies.
A row and its event share a transaction; so do an event's effect and its id.
So no crash and no repeated delivery loses an event or handles it twice.
`;

/** Why an order is a saga. */
export const ordersIntroduction = `An order needs a payment and stock, which belong to other services.
A saga requests both by events. If a step fails, it undoes those before it.
`;

/** Formats the path of one event as one line for each place. */
export function pathText({ requested, committed, sent, handled, partition, offset }: EventPath): string {
  const places: [number, string, string][] = [
    [requested, 'request', 'POST /v1/users is sent to user-service'],
    [committed, 'commit', 'the user and its event are saved, in one transaction'],
    [sent, 'in Kafka', `topic user.events, partition ${partition}, offset ${offset}`],
    [handled, 'handled', "the copy and the event's id are saved, in one transaction"],
  ];
  const lines = places.map(
    ([time, name, text]) => `${String(time - requested).padStart(5)} ms  ${name.padEnd(8)}  ${text}`,
  );
  return ['The path of one event:', ...lines].join('\n');
}

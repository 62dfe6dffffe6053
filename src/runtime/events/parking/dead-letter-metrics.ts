import { Counter, type Registry } from 'prom-client';

export type DeadLetterCounter = Counter<'group' | 'topic' | 'reason'>;

/** The consumer group in metrics of outgoing events. */
export const OUTGOING_GROUP = 'outbox';

const NAME = 'microservice_dead_letters_total';

/** Counts dead letters. The relay and the consumers share one counter per registry; the first caller creates it. */
export function deadLetterCounter(registry: Registry | undefined): DeadLetterCounter {
  const known = registry?.getSingleMetric(NAME);
  if (known instanceof Counter) return known;
  return new Counter({
    name: NAME,
    help: 'Events that are not retried until someone redrives or drops them',
    labelNames: ['group', 'topic', 'reason'],
    registers: registry ? [registry] : [],
  });
}

import { Counter, type Registry } from 'prom-client';

export type DeadLetterCounter = Counter<'group' | 'topic' | 'reason'>;

/** What stands for the consumer group in metrics of events on their way out. */
export const OUTGOING_GROUP = 'outbox';

const NAME = 'microservice_dead_letters_total';

/** Counts dead letters: one of a registry, whoever asks first, since the relay and the consumers share it. */
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

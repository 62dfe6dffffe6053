import { runInContext, type Context } from '../../context/context.ts';
import { childTraceparent, newTraceparent } from '../../context/traceparent.ts';
import type { ReceivedEvent } from '../event/definition.ts';

/** What the handler publishes, logs and calls carries the ids of the event that caused it. */
export function inContextOf<R>(event: ReceivedEvent, work: () => R): R {
  return runInContext(
    {
      requestId: event.id,
      correlationId: event.correlationId,
      causationId: event.id,
      traceparent: childTraceparent(event.traceparent),
    },
    work,
  );
}

/** No single event causes the work of several: the correlation id stays where it is the same for all. */
export function inContextOfAll<R>(events: readonly ReceivedEvent[], work: () => R): R {
  const [first, ...others] = events;
  if (!first) return work();
  if (others.length === 0) return inContextOf(first, work);
  const { topic, partition, offset, correlationId } = first;
  const place = `${topic}/${partition}@${offset}`;
  const isShared = others.every((event) => event.correlationId === correlationId);
  return inContextOfPlace(place, work, isShared ? correlationId : place);
}

/** For what has no id of its own: the place in Kafka stands for it. */
export function inContextOfPlace<R>(place: string, work: () => R, correlationId = place): R {
  const context: Context = { requestId: place, correlationId, traceparent: newTraceparent() };
  return runInContext(context, work);
}

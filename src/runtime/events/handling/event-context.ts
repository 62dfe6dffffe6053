import { runInContext, type Context } from '../../context/context.ts';
import { childTraceparent, newTraceparent } from '../../context/traceparent.ts';
import type { ReceivedEvent } from '../event/definition.ts';

/** Events, logs and calls of the handler carry the ids of the event that caused them. */
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

/** Several events have no single cause: the correlation id is kept if all have the same. */
export function inContextOfAll<R>(events: readonly ReceivedEvent[], work: () => R): R {
  const [first, ...others] = events;
  if (!first) return work();
  if (others.length === 0) return inContextOf(first, work);
  const { topic, partition, offset, correlationId } = first;
  const place = `${topic}/${partition}@${offset}`;
  const isShared = others.every((event) => event.correlationId === correlationId);
  return inContextOfPlace(place, work, isShared ? correlationId : place);
}

/** For work without an id of its own: its place in Kafka is the id. */
export function inContextOfPlace<R>(place: string, work: () => R, correlationId = place): R {
  const context: Context = { requestId: place, correlationId, traceparent: newTraceparent() };
  return runInContext(context, work);
}

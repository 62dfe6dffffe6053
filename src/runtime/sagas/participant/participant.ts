import type { Knex } from 'knex';
import type { On } from '../../events/consumer/groups.ts';
import type { EventDefinition, NewEvent, ReceivedEvent } from '../../events/event/definition.ts';
import type { Publish } from '../../events/outbox/publish.ts';
import { findRequest, insertRequest, settleRequest, type StoredAnswer } from './requests.ts';

/** The data of a request and of its cancel. */
export interface RequestData {
  /** The same for each repetition of a request, and for its cancel. */
  requestId: string;
}

/** The answer to a request: it was done, or refused, so that there is nothing to undo. */
export type RequestAnswer = { readonly done: NewEvent } | { readonly refused: NewEvent };

export interface ParticipantSettings<Request extends RequestData, Cancel extends RequestData> {
  request: EventDefinition<Request>;
  cancel: EventDefinition<Cancel>;
  /** Does the request, and returns the event that answers it. Called once for each request, and never after its cancel. */
  answer: (event: ReceivedEvent<Request>, trx: Knex.Transaction) => Promise<RequestAnswer>;
  /** Undoes a request that was done. Called once at most. */
  undo: (event: ReceivedEvent<Cancel>, trx: Knex.Transaction) => Promise<unknown>;
  /** Returns the event that confirms a cancel. Pure. */
  confirm: (event: ReceivedEvent<Cancel>) => NewEvent;
}

/**
 * Lets a service take part in the sagas of other services: it handles a request and its cancel. A repeated request gets the stored
 * answer again, and a repeated cancel its confirmation. A cancel that comes first is confirmed, and its request is then ignored. The
 * answer, the work and the record of it are one transaction. Both events are in the consumed contracts; those of the answers are in the
 * published ones. Needs the table module `saga-requests`. Throws after the start of the bus.
 */
export function addParticipant<Request extends RequestData, Cancel extends RequestData>(
  bus: { readonly on: On; readonly publish: Publish },
  { request, cancel, answer, undo, confirm }: ParticipantSettings<Request, Cancel>,
): void {
  const publishAgain = (
    { topic, key, type, version, aggregate, data }: StoredAnswer,
    trx: Knex.Transaction,
  ) => bus.publish(topic, { type, version, aggregate, data }, { key, trx });

  bus.on(request, async (event, trx) => {
    const { requestId } = event.data;
    if (!(await insertRequest(trx, requestId))) {
      const known = await findRequest(trx, requestId);
      if (known?.answer && known.status !== 'canceled') await publishAgain(known.answer, trx);
      return;
    }
    const given = await answer(event, trx);
    const isDone = 'done' in given;
    const message = isDone ? given.done : given.refused;
    await settleRequest(trx, requestId, isDone ? 'done' : 'refused', message);
    await bus.publish(message, trx);
  });

  bus.on(cancel, async (event, trx) => {
    const { requestId } = event.data;
    const isFirst = await insertRequest(trx, requestId);
    const known = isFirst ? undefined : await findRequest(trx, requestId);
    if (known?.status === 'canceled' && known.answer) return publishAgain(known.answer, trx);
    if (known?.status === 'done') await undo(event, trx);
    const message = confirm(event);
    await settleRequest(trx, requestId, 'canceled', message);
    await bus.publish(message, trx);
  });
}

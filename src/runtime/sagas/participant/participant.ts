import type { Knex } from 'knex';
import type { On } from '../../events/consumer/groups.ts';
import type { EventDefinition, NewEvent, ReceivedEvent } from '../../events/event/definition.ts';
import type { Publish } from '../../events/outbox/publish.ts';
import { findRequest, insertRequest, settleRequest, type StoredAnswer } from './requests.ts';

/** The part of the bus that a participant needs. */
export interface ParticipantBus {
  readonly on: On;
  readonly publish: Publish;
}

/** The data of a request and of its cancel. */
export interface RequestData {
  /** The same for each repetition of a request, and for its cancel. */
  requestId: string;
}

/** The answer to a request: it was done, or refused, so that there is nothing to undo. */
export type RequestAnswer = { readonly done: NewEvent } | { readonly refused: NewEvent };

/** How a request is undone. */
export interface CancelSettings<Cancel extends RequestData> {
  request: EventDefinition<Cancel>;
  /** Undoes a request that was done. Called once at most. */
  undo: (event: ReceivedEvent<Cancel>, trx: Knex.Transaction) => Promise<unknown>;
  /** Returns the event that confirms the cancel. Pure. */
  confirm: (event: ReceivedEvent<Cancel>) => NewEvent;
}

export interface ParticipantSettings<Request extends RequestData, Cancel extends RequestData> {
  request: EventDefinition<Request>;
  /** Does the request, and returns the event that answers it. Called once for each request, and never after its cancel. */
  answer: (event: ReceivedEvent<Request>, trx: Knex.Transaction) => Promise<RequestAnswer>;
  /** Without it, the request cannot be undone. */
  compensation?: CancelSettings<Cancel>;
}

/**
 * Lets a service take part in the sagas of other services: it handles a request and its cancel. A repeated request gets the stored
 * answer again, and a repeated cancel its confirmation. A cancel that comes first is confirmed, and its request is then ignored. The
 * answer, the work and the record of it are one transaction. Both events are in the consumed contracts; those of the answers are in the
 * published ones. Needs the table module `saga-requests`. Throws after the start of the bus.
 */
export function addParticipant<Request extends RequestData, Cancel extends RequestData = RequestData>(
  bus: ParticipantBus,
  { request, answer, compensation }: ParticipantSettings<Request, Cancel>,
): void {
  bus.on(request, async (event, trx) => {
    const { requestId } = event.data;
    if (!(await insertRequest(trx, requestId))) {
      const known = await findRequest(trx, requestId);
      if (known?.answer && known.status !== 'canceled') await publishAgain(bus, known.answer, trx);
      return;
    }
    const given = await answer(event, trx);
    const isDone = 'done' in given;
    const message = isDone ? given.done : given.refused;
    await settleRequest(trx, requestId, isDone ? 'done' : 'refused', message);
    await bus.publish(message, trx);
  });
  if (compensation) addCancel(bus, compensation);
}

function addCancel<Cancel extends RequestData>(
  bus: ParticipantBus,
  { request, undo, confirm }: CancelSettings<Cancel>,
): void {
  bus.on(request, async (event, trx) => {
    const { requestId } = event.data;
    const isFirst = await insertRequest(trx, requestId);
    const known = isFirst ? undefined : await findRequest(trx, requestId);
    if (known?.status === 'canceled' && known.answer) return publishAgain(bus, known.answer, trx);
    if (known?.status === 'done') await undo(event, trx);
    const message = confirm(event);
    await settleRequest(trx, requestId, 'canceled', message);
    await bus.publish(message, trx);
  });
}

async function publishAgain(
  bus: ParticipantBus,
  { topic, key, type, version, aggregate, data }: StoredAnswer,
  trx: Knex.Transaction,
): Promise<void> {
  await bus.publish(topic, { type, version, aggregate, data }, { key, trx });
}

import { didYouMean } from '../../../core/suggest.ts';
import { UsageError } from '../../../core/usage-error.ts';
import { seen } from '../../../outside/seen.ts';
import type { Sibling } from '../../../output/place.ts';
import { selectEvents } from '../../contracts/consumed-events.ts';
import type { ConsumedEvent, Participant, SagaStep, ServiceAnswers } from '../../model/answers.ts';
import { workFor } from '../../model/participant-view.ts';
import { defaultReplies } from '../../sagas/step-grammar.ts';
import { fromStored } from '../../stored/stored-answers.ts';
import type { CommandCall } from '../call/command.ts';
import { missing } from '../call/spelling.ts';

const requested = /^([a-z0-9-]+)\.([a-z0-9-]+)-requested$/;

/** Returns the requests of sagas among the events of other services. */
export const requestsIn = (published: readonly ConsumedEvent[]): ConsumedEvent[] =>
  published.filter(({ type }) => {
    const [, aggregate, step] = requested.exec(type) ?? [];
    return step !== undefined && published.some((event) => event.type === `${aggregate}.${step}-cancelled`);
  });

/**
 * Adds participants for the named requests, or reads the contracts of present ones again: the work of a present one stays. Throws a
 * UsageError for an event that is not the request of a saga.
 */
export async function withParticipants(
  answers: ServiceAnswers,
  names: readonly string[],
  { context }: CommandCall,
): Promise<ServiceAnswers> {
  if (names.length === 0)
    throw missing('the answer needs the request of a saga', 'consumer order.payment-requested --replies');
  const published = await context.publishedEvents();
  const events = selectEvents([...names], published);
  const read = events.map((event) =>
    participantOf(event, published, { answers, siblings: context.siblings }),
  );
  const kept = answers.participants.filter(({ request }) => read.every((each) => each.request !== request));
  context.notes.push(...read.flatMap(noteOn));
  return { ...answers, participants: [...kept, ...read] };
}

interface ParticipantContext {
  answers: ServiceAnswers;
  siblings: readonly Sibling[];
}

function participantOf(
  event: ConsumedEvent,
  published: readonly ConsumedEvent[],
  { answers: { participants, resources }, siblings }: ParticipantContext,
): Participant {
  const { type: request, from, topic } = event;
  const [, , name] = requested.exec(request) ?? [];
  if (name === undefined || !requestsIn(published).includes(event))
    throw new UsageError(noRequest(request, published));
  const step: SagaStep = {
    name,
    replies: repliesOf(request, siblings) ?? defaultReplies(name),
    fields: event.fields.filter((field) => field.name !== 'requestId'),
  };
  const before = participants.find((each) => each.request === request);
  const { work, resource } = before ?? workFor({ request, step }, resources);
  return { request, from, topic, step, work, ...(resource !== undefined && { resource }) };
}

/** Returns the verbs that the saga of a sibling expects; undefined if no sibling sends the request. */
const repliesOf = (request: string, siblings: readonly Sibling[]): SagaStep['replies'] | undefined =>
  siblings
    .flatMap(({ answers }) => fromStored(answers).sagas ?? [])
    .flatMap(({ startedBy, steps }) =>
      steps.filter(({ name }) => request === `${startedBy.split('.')[0]}.${name}-requested`),
    )
    .map(({ replies }) => replies)[0];

function noRequest(type: string, published: readonly ConsumedEvent[]): string {
  const names = requestsIn(published).map((event) => event.type);
  return `${seen(type)} is not the request of a saga.${didYouMean(type, names)} Requests: ${names.join(', ') || 'none'}. For any other event, write --handler or --copy`;
}

const noteOn = ({ step: { name, replies }, work, resource }: Participant): string[] => {
  const file = `src/events/${name}-participant.ts`;
  if (work === 'record') return [`Each request inserts a row of "${resource}". Change this in ${file}.`];
  if (work === 'take')
    return [
      `Each request takes from a row of "${resource}", and gets ${name}.${replies[1]} if there is not enough. Change this in ${file}.`,
    ];
  return [`Each request gets ${name}.${replies[0]}. Add the work in ${file}.`];
};

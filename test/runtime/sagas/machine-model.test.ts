import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NewEvent } from '../../../src/runtime/events/event/definition.ts';
import type { SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { isEnded, type SagaInstance, type Transition } from '../../../src/runtime/sagas/machine/instance.ts';
import { fireTimer, receiveReply, startSaga } from '../../../src/runtime/sagas/machine/transition.ts';
import { effort } from '../../faults/properties/effort.ts';
import { createParticipants } from './participants.ts';
import { received } from './place-order.ts';
import {
  began,
  confirmed,
  definitionOf,
  failed,
  requested,
  shapes,
  succeeded,
  type Message,
} from './random-saga.ts';

/** The choices of one run: each number selects the next thing that happens. */
const choices = fc.array(fc.nat({ max: 1_000 }), { minLength: 10, maxLength: 60 });

/**
 * The outside of the saga: requests that travel in order, answers that arrive in any order, doubled or lost, and timers that fire at
 * any time.
 */
function simulate(definition: SagaDefinition<object>, picks: readonly number[]): void {
  const participants = createParticipants('x', 'i');
  let instance: SagaInstance<object>;
  const timers = new Set<string>();
  const outgoing: NewEvent[] = [];
  let answers: { definition: typeof began; data: Message }[] = [];
  const canceledOnce: string[] = [];
  const reactions = [...definition.steps.values()].filter(({ request }) => !request).map(({ name }) => name);

  function apply(transition: Transition<object>): void {
    if (isEnded(transition.instance) && instance && isEnded(instance))
      assert.deepEqual(transition.messages, []);
    ({ instance } = transition);
    for (const [name, after] of transition.timers)
      if (after === undefined) timers.delete(name);
      else timers.add(name);
    outgoing.push(...transition.messages.filter(({ data }) => (data as Message).step !== '-'));
  }
  const answer = (outcome: 'success' | 'failure' | undefined, data: Message) => {
    if (outcome) answers.push({ definition: outcome === 'success' ? succeeded : failed, data });
  };
  function deliver(refuses: boolean): void {
    const message = outgoing.shift();
    if (!message) return;
    const data = message.data as Message;
    if (message.definition === requested) return answer(participants.request(data.requestId, refuses), data);
    participants.cancel(data.requestId);
    canceledOnce.push(data.step);
    answers.push({ definition: confirmed, data });
  }
  function react(refuses: boolean): void {
    const name = reactions.shift();
    if (name) answer(participants.react(name, refuses), { step: name, requestId: `x/i/${name}/1` });
  }
  function receive(pick: number): void {
    const each = answers[pick % Math.max(1, answers.length)];
    if (!each) return;
    if (pick % 3 > 0) answers = answers.filter((other) => other !== each); // else it arrives again
    if (pick % 7 === 6) return; // lost
    apply(receiveReply(definition, instance, received(each.definition, 'i', each.data)));
  }
  function fire(pick: number): void {
    const name = [...timers][pick % Math.max(1, timers.size)];
    if (name) apply(fireTimer(definition, instance, name));
  }

  apply(startSaga(definition, received(began, 'i', { step: '-', requestId: '-' })));
  for (const pick of picks) {
    const detail = Math.floor(pick / 8);
    if (pick % 8 < 3) deliver(detail % 5 === 0);
    else if (pick % 8 === 3) react(detail % 5 === 0);
    else if (pick % 8 === 7) fire(detail);
    else receive(detail);
  }
  // from now on nothing is lost and nothing is refused: every saga ends
  while (reactions.length > 0) react(false);
  for (let round = 0; round < 400 && !isEnded(instance!); round += 1) {
    while (outgoing.length > 0) deliver(false);
    if (answers.length > 0) receive(1);
    else fire([...timers].findIndex((name) => name !== 'deadline'));
  }
  while (outgoing.length > 0) deliver(false);
  check(definition, instance!, participants.effects(), timers);
}

function check(
  definition: SagaDefinition<object>,
  { status, isStuck, steps }: SagaInstance<object>,
  effects: string[],
  timers: ReadonlySet<string>,
): void {
  assert.ok(
    status === 'completed' || status === 'compensated',
    `it is ${status}: ${JSON.stringify([...steps])}`,
  );
  assert.deepEqual(effects, status === 'completed' ? [...definition.steps.keys()].toSorted() : []);
  assert.equal(isStuck, false);
  assert.deepEqual([...timers], []);
}

describe('the rules of sagas', () => {
  it('do every step once, or none, whatever is lost, doubled, reordered or late', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(shapes(fc.constant(true)), choices, (of, picks) => simulate(definitionOf(of), picks)),
      effort(500),
    );
  });
});

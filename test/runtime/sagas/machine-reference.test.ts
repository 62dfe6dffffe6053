import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SagaDefinition } from '../../../src/runtime/sagas/definition/saga.ts';
import { isEnded, type SagaInstance, type Transition } from '../../../src/runtime/sagas/machine/instance.ts';
import { operate, SagaVerbError } from '../../../src/runtime/sagas/machine/operator.ts';
import { fireTimer, receiveReply, startSaga } from '../../../src/runtime/sagas/machine/transition.ts';
import { effort } from '../../faults/properties/effort.ts';
import { received } from './place-order.ts';
import * as random from './random-saga.ts';
import { createReferenceSaga, type Input, type Picture } from './reference-saga.ts';

const kinds = { done: random.succeeded, refused: random.failed, undone: random.confirmed };
const first = { step: '-', requestId: '-' };

/** The machine, with its timers and messages in the form of the reference. */
function createMachine(definition: SagaDefinition<object>) {
  const timers = new Set<string>();
  let instance: SagaInstance<object>;

  function show({ messages, ...transition }: Transition<object>): Picture {
    ({ instance } = transition);
    for (const [name, after] of transition.timers)
      if (after === undefined) timers.delete(name);
      else timers.add(name);
    return {
      ...{ status: instance.status, isStuck: instance.isStuck },
      steps: Object.fromEntries(
        [...instance.steps].map(([name, { status, group }]) => [name, `${status} ${group}`]),
      ),
      timers: [...timers].toSorted(),
      sent: messages.map(textOf),
      early: instance.early.map(({ step }) => step).toSorted(),
    };
  }

  function apply(input: Input): Transition<object> {
    if (input.kind === 'timer') return fireTimer(definition, instance, input.name);
    if (input.kind === 'skip') return operate(definition, instance, { verb: 'skip', step: input.step });
    if (input.kind === 'done' || input.kind === 'refused' || input.kind === 'undone') {
      const { step, group } = input;
      const requestId = group === undefined ? '' : `x/i/${step}/${group}`;
      return receiveReply(definition, instance, received(kinds[input.kind], 'i', { step, requestId }));
    }
    return operate(definition, instance, { verb: input.kind });
  }

  return {
    picture: show(startSaga(definition, received(random.began, 'i', first))),
    timers: () => [...timers].toSorted(),
    take(input: Input): Picture | undefined {
      try {
        return show(apply(input));
      } catch (error) {
        if (error instanceof SagaVerbError) return undefined;
        throw error;
      }
    },
    isEnded: () => isEnded(instance),
  };
}

function textOf({ definition, data }: Transition['messages'][number]): string {
  const { step, requestId } = data as random.Message;
  const what = definition === random.requested ? 'request' : 'cancel';
  if (definition === random.completed) return 'completed';
  if (definition === random.compensated) return 'compensated';
  return `${what} ${step} ${requestId.split('/')[3]}`;
}

/** A pick selects an input: mostly answers, sometimes a timer, seldom a command. */
function inputOf(pick: number, steps: readonly string[], timers: readonly string[]): Input {
  const step = steps[Math.floor(pick / 100) % steps.length] ?? '';
  const kind = pick % 100;
  const group = [1, 1, 1, 2, undefined][Math.floor(pick / 7) % 5];
  if (kind < 45) return { kind: 'done', step, group };
  if (kind < 55) return { kind: 'refused', step, group };
  if (kind < 72) return { kind: 'undone', step, group };
  if (kind < 94)
    return { kind: 'timer', name: timers[Math.floor(pick / 100) % Math.max(1, timers.length)] ?? '' };
  if (kind < 96) return { kind: 'skip', step };
  if (kind < 98) return { kind: 'retry' };
  return { kind: kind === 98 ? 'compensate' : 'complete' };
}

describe('a saga and an independent implementation of its rules', () => {
  it('agree after each answer, timer and command, in whatever order these come', function () {
    this.timeout(120_000);
    const picks = fc.array(fc.nat({ max: 100_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(random.shapes(fc.boolean()), picks, (shape, all) => {
        const definition = random.definitionOf(shape);
        const machine = createMachine(definition);
        const reference = createReferenceSaga(shape, random.ATTEMPTS);
        assert.deepEqual(machine.picture, reference.picture());
        for (const pick of all) {
          const input = inputOf(pick, [...definition.steps.keys()], machine.timers());
          if (input.kind === 'timer' && input.name === '') continue;
          assert.deepEqual(machine.take(input), reference.take(input), JSON.stringify(input));
        }
      }),
      effort(1_000),
    );
  });
});

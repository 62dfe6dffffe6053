import { createHash } from 'node:crypto';
import type { StepName } from './order-events.ts';

/** Draws a number from 0 to 1 for these words: the same one in each process and at each repetition. */
export function drawOf(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join(' ')).digest().readUInt32BE() / 2 ** 32;
}

const refusals: Record<StepName, number> = {
  payment: 0.1,
  stock: 0.1,
  invoice: 0.05,
  approval: 0.1,
  shipping: 0.3,
};

/** Whether the participant refuses a request. A request with another id can have another answer. */
export const isRefused = (seed: number, step: StepName, requestId: string): boolean =>
  drawOf(seed, step, 'refused', requestId) < refusals[step];

/** More than a consumer's attempts: the event becomes a dead letter, until someone cures it. */
export const FOR_GOOD = 1_000_000;

/** How often the compensation of a step fails, before it succeeds. */
export function failedCompensations(seed: number, step: StepName, orderId: string): number {
  if (step === 'payment') return drawOf(seed, step, 'compensation', orderId) < 0.1 ? 10 : 0;
  if (step === 'stock') return drawOf(seed, step, 'compensation', orderId) < 0.05 ? FOR_GOOD : 0;
  return 0;
}

/** How often other work on an order fails, before it succeeds. */
export function failedAttempts(seed: number, work: string, orderId: string): number {
  const draw = drawOf(seed, work, 'attempts', orderId);
  return draw < 0.1 ? 1 + Math.floor(draw * 40) : 0;
}

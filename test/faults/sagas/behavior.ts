import { createHash } from 'node:crypto';

/** How a participant treats a request; the same in every replica and at each repetition. */
export interface Behavior {
  isRefused: boolean;
  /** It fails several times before it answers. */
  isSlow: boolean;
  /** It publishes its answer twice. */
  isDoubled: boolean;
}

export function behaviorOf(participant: string, orderId: string, requestId: string): Behavior {
  const digest = createHash('sha256').update(`${participant} ${orderId} ${requestId}`).digest();
  const [refusal = 0, pace = 0, doubled = 0] = digest;
  return { isRefused: refusal % 6 === 0, isSlow: pace % 8 === 0, isDoubled: doubled % 5 === 0 };
}

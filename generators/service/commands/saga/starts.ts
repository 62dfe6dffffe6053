import { UsageError } from '../../../core/usage-error.ts';
import type { Saga } from '../../model/answers.ts';
import { spelledCall } from '../call/spelling.ts';

/** Throws a UsageError if an event that is to be removed starts a saga. */
export function refuseStarts(sagas: readonly Saga[], isRemoved: (event: string) => boolean): void {
  const started = sagas.find(({ startedBy }) => isRemoved(startedBy));
  if (!started) return;
  throw new UsageError(
    `the event "${started.startedBy}" starts the saga "${started.name}"; first write ${spelledCall(`remove saga ${started.name}`)}`,
  );
}

import { UnavailableError } from '../errors.ts';
import type { Breaker, CallOutcome, Permit } from './breaker.ts';
import type { Bulkhead } from './bulkhead.ts';
import { type Deadlines, TimeoutError } from './deadlines.ts';
import { sendOnce, type Outgoing } from './exchange.ts';
import { isFailure, NetworkError, OpenCircuitError, TooManyCallsError } from './outcomes.ts';
import { type ClientResponse, InvalidResponseError } from './response.ts';
import type { ClientSettings } from './settings.ts';

export type SendAttempt = (outgoing: Outgoing, signal: AbortSignal) => Promise<ClientResponse<unknown>>;

interface Guards {
  breaker: Breaker;
  bulkhead: Bulkhead;
  deadlines: Deadlines;
}

/** Creates the function for one attempt: breaker, then bulkhead, then the request with its timeout. Every permit and slot is returned. */
export function createAttempts(
  settings: ClientSettings,
  { breaker, bulkhead, deadlines }: Guards,
): SendAttempt {
  const { name, attemptTimeout, responseLimit: limit, fetch = globalThis.fetch } = settings;

  async function exchange(outgoing: Outgoing, outer: AbortSignal): Promise<ClientResponse<unknown>> {
    const late = `${name} did not answer within ${attemptTimeout} ms`;
    return deadlines.within({ milliseconds: attemptTimeout, late, outer }, ({ signal }) =>
      sendOnce(outgoing, { fetch, signal, limit }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : faultOf(error);
      }),
    );
  }

  function faultOf(error: unknown): Error {
    if (error instanceof InvalidResponseError)
      return new InvalidResponseError(`${name}: ${error.message}`, { cause: error.cause });
    return new NetworkError(`${name} cannot be reached at the moment`, { cause: error });
  }

  async function guarded(outgoing: Outgoing, signal: AbortSignal, permit: Permit) {
    const leave = await bulkhead.enter(signal);
    if (!leave) throw new TooManyCallsError(`${name} has ${settings.maxConcurrent} calls in progress`);
    try {
      const response = await exchange(outgoing, signal);
      permit.settle(isFailure(response.status) ? 'failure' : 'success');
      return response;
    } catch (error) {
      permit.settle(outcomeOf(error));
      throw error;
    } finally {
      leave();
    }
  }

  return async (outgoing, signal) => {
    const permit = breaker.enter();
    if (!permit) throw openCircuit(name, breaker.untilProbe());
    try {
      return await guarded(outgoing, signal, permit);
    } finally {
      permit.settle('ignored'); // only if nothing was sent
    }
  };
}

/** A response that cannot be used is still an answer; a canceled call says nothing. */
function outcomeOf(error: unknown): CallOutcome {
  if (error instanceof TimeoutError || error instanceof NetworkError) return 'failure';
  return error instanceof InvalidResponseError ? 'success' : 'ignored';
}

function openCircuit(name: string, milliseconds: number): UnavailableError {
  const retryAfter = Math.max(1, Math.ceil(milliseconds / 1_000));
  return new OpenCircuitError(`${name} is failing, so it is not called for ${retryAfter} s`, { retryAfter });
}

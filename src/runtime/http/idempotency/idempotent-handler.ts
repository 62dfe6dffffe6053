import type { Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import { failpoint } from '../../async/failpoint.ts';
import { currentContext } from '../../context/context.ts';
import { EVENT_HEADER } from '../../context/last-event.ts';
import { captureAnswer, sendAnswer, type CapturedAnswer } from './answer.ts';
import { readKey, type RouteIdempotency } from './key.ts';
import { requestIdentity, type RequestIdentity } from './request-identity.ts';
import { findAnswer, storeAnswer, tryLock } from './stored-answers.ts';

/** The setting of an Express app that holds its `IdempotencySettings`. */
export const IDEMPOTENCY = 'idempotency';

/** The header of a stored answer. */
export const REPLAYED_HEADER = 'Idempotency-Replayed';

export interface IdempotencySettings {
  database: Knex;
  /** The key of fingerprints. */
  secret: string;
}

interface Options<Params, Query, Body> {
  idempotency: RouteIdempotency;
  /** The method and the pattern of the route, such as `POST /v1/users`. */
  route: string;
  /** Validates a request. */
  check?: ((req: Request<Params, unknown, Body, Query>) => void) | undefined;
  handler: (req: Request<Params, unknown, Body, Query>, res: Response, trx?: Knex.Transaction) => unknown;
}

/** Seconds after which a client should repeat a request whose key is in use. */
const RETRY_AFTER = '1';

/**
 * Returns the handler of a route with idempotency. A request without a key runs `handler` as usual. One with a key runs it once:
 * the changes that it makes with `trx`, their events, and its answer are committed together, and an equal request gets that
 * answer. An answer with a status from 400 is not stored, and its changes are rolled back. Answers 409 while an
 * equal key is in use, and 422 if the key was used with another request.
 */
export function idempotentHandler<Params, Query, Body>({
  idempotency,
  route,
  check,
  handler,
}: Options<Params, Query, Body>): RequestHandler<Params, unknown, Body, Query> {
  return async (req, res) => {
    const key = readKey(req.get('idempotency-key'), idempotency);
    if (key === undefined) {
      check?.(req);
      await handler(req, res);
      return;
    }
    const { database, secret } = settingsOf(req);
    const identity = requestIdentity(req, { route, key, secret }); // of the body before defaults, which a release may change
    check?.(req);
    const work = (trx: Knex.Transaction) => answerIn(trx, identity, res, () => handler(req, res, trx));
    sendAnswer(res, await answeredInTransaction(database, work));
  };
}

function settingsOf({ app }: Pick<Request, 'app'>): IdempotencySettings {
  const settings = app.get(IDEMPOTENCY) as IdempotencySettings | undefined;
  if (!settings) throw new Error('a route with idempotency works only in an app of createHttpApp');
  return settings;
}

/** Runs `work` in a transaction, which is rolled back if the answer is a refusal. */
async function answeredInTransaction(
  database: Knex,
  work: (trx: Knex.Transaction) => Promise<CapturedAnswer>,
): Promise<CapturedAnswer> {
  const refused: { answer?: CapturedAnswer } = {};
  try {
    const answer = await database.transaction(async (trx) => {
      const worked = await work(trx);
      if (worked.status < 400) return worked;
      refused.answer = worked;
      throw new Error('rolled back, since the answer is a refusal');
    });
    failpoint('idempotency.committed');
    return answer;
  } catch (error) {
    if (refused.answer) return refused.answer;
    throw error;
  }
}

async function answerIn(
  trx: Knex.Transaction,
  identity: RequestIdentity,
  res: Response,
  handle: () => unknown,
): Promise<CapturedAnswer> {
  if (!(await tryLock(trx, identity))) throw inUse(res);
  failpoint('idempotency.locked');
  const known = await findAnswer(trx, identity);
  if (known) return replayed(known, identity);
  const answer = withLastEvent(await captureAnswer(res, handle));
  if (answer.status >= 400) return answer;
  failpoint('idempotency.handled');
  if (!(await storeAnswer(trx, identity, answer))) throw inUse(res);
  failpoint('idempotency.stored');
  return answer;
}

/** A stored answer names the event of the request that it answered first. */
function withLastEvent(answer: CapturedAnswer): CapturedAnswer {
  const { lastEvent } = currentContext() ?? {};
  if (lastEvent === undefined || answer.status >= 400) return answer;
  return { ...answer, headers: { ...answer.headers, [EVENT_HEADER]: lastEvent } };
}

function replayed(
  { fingerprint, ...answer }: CapturedAnswer & Pick<RequestIdentity, 'fingerprint'>,
  identity: RequestIdentity,
): CapturedAnswer {
  if (!fingerprint.equals(identity.fingerprint))
    throw refusal(
      422,
      'This Idempotency-Key was used with another request. Send the same request again, or use a new key.',
    );
  return { ...answer, headers: { ...answer.headers, [REPLAYED_HEADER]: 'true' } };
}

function inUse(res: Response): Error {
  res.setHeader('retry-after', RETRY_AFTER);
  return refusal(
    409,
    'A request with this Idempotency-Key is in progress. Send the same request again later.',
  );
}

/** Express keeps the status of an error that has one. */
const refusal = (status: number, message: string): Error =>
  Object.assign(new Error(message), { status, expose: true });

import joi from 'joi';
import type { Knex } from 'knex';
import { type EventBus, defineEvent } from 'microservice-runtime';

export const userCreated = defineEvent<{ email: string }>({
  type: 'user.created',
  version: 1,
  topic: 'user.events',
  aggregate: 'user',
  schema: joi.object({ email: joi.string().required() }),
});

export const trialEnded = defineEvent<{ email: string; endedAt: string }>({
  type: 'trial.ended',
  version: 1,
  topic: 'trial.events',
  aggregate: 'trial',
  schema: joi.object({ email: joi.string().required(), endedAt: joi.string().isoDate().required() }),
});

export const days = (count: number): number => count * 24 * 3_600_000;

interface Dependencies {
  database: Knex;
  bus: EventBus;
  /** The present; `() => new Date()` in main.ts. */
  now: () => Date;
}

/** Gives each new user a trial of fourteen days, and publishes an event when it has ended. */
export const createTrials = ({ database, bus, now }: Dependencies) => ({
  begin: (userId: string, email: string, trx: Knex) =>
    trx('trials').insert({ user_id: userId, email, ends_at: new Date(now().getTime() + days(14)) }),

  find: (userId: string) => database('trials').where({ user_id: userId }).first(),

  endDue: () =>
    database.transaction(async (trx) => {
      const due = await trx('trials').where('ends_at', '<=', now()).delete().returning(['user_id', 'email']);
      for (const { user_id: userId, email } of due)
        await bus.publish(trialEnded.of(userId, { email, endedAt: now().toISOString() }), trx);
    }),
});

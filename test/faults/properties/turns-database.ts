import knex, { type Knex } from 'knex';
import type { Actor, Turn } from './interleave.ts';

/** A database of one actor, whose every statement, BEGIN and COMMIT too, waits for its turn. */
export interface TurnsDatabase {
  database: Knex;
  /** Runs `work` as the actor; statements outside of it do not wait. */
  actor(work: () => Promise<void>): Actor;
}

type Callback = (error: unknown, response: unknown) => void;
type Query = (...call: unknown[]) => unknown;

export function createTurnsDatabase(connection: string): TurnsDatabase {
  let turn: Turn | undefined;

  function takeTurns(raw: { query: Query }): void {
    const query = raw.query.bind(raw);
    raw.query = (...call) => {
      if (!turn) return query(...call);
      const callback = call.at(-1);
      if (typeof callback !== 'function') return turn(async () => query(...call));
      const work = () =>
        new Promise<void>((resolve) => {
          const answer: Callback = (...results) => {
            callback(...results);
            resolve();
          };
          query(...call.slice(0, -1), answer);
        });
      return void turn(work);
    };
  }

  return {
    database: knex({
      client: 'pg',
      connection,
      pool: {
        min: 0,
        max: 3,
        afterCreate(raw: { query: Query }, done: Callback) {
          takeTurns(raw);
          done(undefined, raw);
        },
      },
    }),
    actor: (work) => async (given) => {
      turn = given;
      try {
        await work();
      } finally {
        turn = undefined;
      }
    },
  };
}

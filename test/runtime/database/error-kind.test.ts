import assert from 'node:assert/strict';
import { kindOf } from '../../../src/runtime/events/handling/failure.ts';
import { errorProblem } from '../../../src/runtime/http/problems/error-problem.ts';

const coded = (code: string, message = `it says ${code}`): Error =>
  Object.assign(new Error(message), { code });
const sql = 'insert into "users" ("name") values ($1) - ';

/** Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html; the words are those of pg 8, knex 3.3 and tarn 3. */
const away: Record<string, unknown> = {
  'a standby': coded('25006', `${sql}cannot execute INSERT in a read-only transaction`),
  'a session that was ended': coded('57P01', `${sql}terminating connection due to administrator command`),
  'a crash of another session': coded('57P02'),
  'a server that starts': coded('57P03'),
  'a session that idled too long': coded('57P05'),
  'a full server': coded('53300'),
  'a full disk': coded('53100'),
  'a connection that broke': coded('08006'),
  'a pooler that gives up': coded('08P01'),
  'a refused connection': coded('ECONNREFUSED'),
  'each address of a host': new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]),
  'a name that is not known': coded('ENOTFOUND'),
  'a broken pipe': coded('EPIPE'),
  'a lost connection': new Error('Connection terminated unexpectedly'),
  'a lost connection, behind the statement': new Error(`${sql}Connection terminated unexpectedly`),
  'a closed one': new Error(`${sql}Connection terminated`),
  'one that has failed before': new Error(
    `${sql}Client has encountered a connection error and is not queryable`,
  ),
  'one that was closed before': new Error(`${sql}Client was closed and is not queryable`),
  'no connection in time': new Error('timeout expired'),
  'no free connection in time': new Error('Knex: Timeout acquiring a connection. The pool is probably full.'),
  'what it was caused by': new Error('cannot save', { cause: coded('57P01') }),
};

const others: Record<string, [unknown, number, string]> = {
  'a value that reads like a lost connection': [
    coded('23505', `insert into "notes" values (' - Connection terminated') - duplicate key value`),
    409,
    'failure',
  ],
  'a lock that is not free': [coded('55P03'), 503, 'failure'],
  'a missing table': [coded('42P01'), 500, 'failure'],
  'a mistake': [new Error('no'), 500, 'failure'],
};

describe('the database counts as away, for HTTP and for consumers,', () => {
  for (const [what, error] of Object.entries(away)) {
    it(`if the error is ${what}`, () => {
      assert.deepEqual([errorProblem(error).status, kindOf(error)], [503, 'unreachable']);
    });
  }
  for (const [what, [error, status, kind]] of Object.entries(others)) {
    it(`but not if it is ${what}`, () => {
      assert.deepEqual([errorProblem(error).status, kindOf(error)], [status, kind]);
    });
  }
});

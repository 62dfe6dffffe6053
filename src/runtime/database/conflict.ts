import { ConflictError } from '../errors.ts';
import { SQL_STATE } from './sql-state.ts';

/**
 * Makes the `catch` of queries that write a `Row`. `fields` names unique constraints, and the field that each of them guards:
 * where one is violated, the query rejects with a ConflictError for the field. Any other error passes as it is.
 *
 *     const conflict = conflictOn<NewUser>({ users_email_unique: 'email' });
 *     await trx('users').insert(newUser).catch(conflict);
 */
export const conflictOn =
  <Row>(fields: Record<string, keyof Row & string>) =>
  (error: unknown): never => {
    const { code, constraint }: { code?: unknown; constraint?: unknown } = Object(error);
    const field =
      code === SQL_STATE.UNIQUE_VIOLATION && new Map(Object.entries(fields)).get(String(constraint));
    throw field ? new ConflictError(`${field} is already taken`, { field, cause: error }) : error;
  };

import { ConflictError } from '../errors.ts';
import { SQL_STATE } from './sql-state.ts';

/**
 * Creates the `catch` of queries that write a `Row`. `fields` maps each unique constraint to its field. If a query violates one
 * of the constraints, it rejects with a ConflictError that names the field. Any other error is thrown unchanged.
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

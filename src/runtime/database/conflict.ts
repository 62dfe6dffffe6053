import { ConflictError } from '../errors.ts';
import { SQL_STATE } from './sql-state.ts';

/**
 * Creates the `catch` of queries that write a `Row`. `fields` maps each unique and each foreign key constraint to its field. If a query violates one
 * of the constraints, it rejects with a ConflictError that names the field. Any other error is thrown unchanged.
 *
 *     const conflict = conflictOn<NewUser>({ users_email_unique: 'email' });
 *     await trx('users').insert(newUser).catch(conflict);
 */
export const conflictOn =
  <Row>(fields: Record<string, keyof Row & string>) =>
  (error: unknown): never => {
    const { code, constraint }: { code?: unknown; constraint?: unknown } = Object(error);
    const fault = faults.get(code);
    const field = fault && new Map(Object.entries(fields)).get(String(constraint));
    throw field ? new ConflictError(`${field} ${fault}`, { field, cause: error }) : error;
  };

const faults = new Map<unknown, string>([
  [SQL_STATE.UNIQUE_VIOLATION, 'is already taken'],
  [SQL_STATE.FOREIGN_KEY_VIOLATION, 'refers to data that does not exist'],
]);

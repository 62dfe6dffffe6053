import { jsonFaults } from '../../schemas/json-faults.ts';
import type { SagaDefinition } from '../definition/saga.ts';
import { NewerStateError } from '../../events/handling/failure.ts';

/** The state of a saga does not match its schema, or cannot be converted to its version. */
export class SagaStateError extends Error {
  override name = 'SagaStateError';
}

/** Returns the JSON text of a state. Throws a `SagaStateError` if the state does not match the schema of the saga. */
export function stateText<State>(definition: SagaDefinition<State>, id: string, state: State): string {
  const title = `the state of saga ${definition.name} ${id}`;
  const [fault] = jsonFaults(state);
  if (fault) throw new SagaStateError(`${title} cannot be stored: ${fault.path.join('.')} ${fault.message}`);
  const text = JSON.stringify(state) ?? 'null';
  const { error } = definition.schema.required().validate(JSON.parse(text), { convert: false });
  if (error) throw new SagaStateError(`${title} does not match its schema: ${error.message}`);
  return text;
}

/**
 * Returns a stored state in the version of the definition. Throws a `NewerStateError` for a newer version, and a `SagaStateError` if
 * an upcast is missing.
 */
export function liftState<State>(
  { name, version, upcasts }: SagaDefinition<State>,
  id: string,
  stored: { version: number; state: unknown },
): State {
  if (stored.version > version)
    throw new NewerStateError(
      `saga ${name} ${id} has version ${stored.version}, but this release knows only versions up to ${version}; a newer release continues it`,
    );
  let state = stored.state;
  for (let from = stored.version; from < version; from += 1) {
    const upcast = upcasts[from];
    if (!upcast)
      throw new SagaStateError(
        `saga ${name} ${id} has version ${stored.version}, but its definition has no upcast from version ${from} to ${from + 1}; add one`,
      );
    state = upcast({ ...(state as Record<string, unknown>) });
  }
  // `stateText` checked it when it was stored, and checks it again when it is stored next
  return state as State;
}

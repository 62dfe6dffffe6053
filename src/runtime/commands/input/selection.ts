import { OUTGOING } from '../../events/relay/refused-rows.ts';
import { parseAge } from './age.ts';
import { MisuseError } from './command.ts';
import type { Flags } from './flags.ts';

/** The group shown for outgoing events; metrics use it too. */
export const OUTBOX = 'outbox';

export interface Selection {
  group?: string;
  topic?: string;
  key?: string;
  source?: string;
  id?: string;
  type?: string;
  olderThan?: number;
}

/** The selection of the flags; all conditions must hold. */
export function selectionOf({ group, topic, key, source, id, type, 'older-than': age }: Flags): Selection {
  return {
    group: group === OUTBOX ? OUTGOING : group,
    topic,
    key,
    source,
    id,
    type,
    olderThan: age === undefined ? undefined : parseAge(age),
  };
}

/** Returns the selection for a change, which must be explicit. Throws a `MisuseError` if nothing is selected. */
export function choiceOf(values: Flags): Selection {
  const selection = selectionOf(values);
  if (!values.all && Object.values(selection).every((value) => value === undefined))
    throw new MisuseError('nothing is selected; add a selecting flag, or --all');
  return selection;
}

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
  if (!values.all && !isSelective(values))
    throw new MisuseError('nothing is selected; add a selecting flag such as --id, or --all');
  return selectionOf(values);
}

/** Reports whether a flag excludes some events. */
export const isSelective = (values: Flags): boolean =>
  Object.values(selectionOf(values)).some((value) => value !== undefined);

/** Returns the answer of a command that found nothing: there is nothing, or the flags exclude everything. */
export const nothingText = (values: Flags, none: string, unmatched: string): string =>
  isSelective(values) ? unmatched : none;

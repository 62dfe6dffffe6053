import { readIdentity } from '../event/cloud-events.ts';
import { handleBatch, type BatchOptions, type BatchResult, type OffsetVerdict } from './batch.ts';
import { handleEvent, prepareEvent } from '../handling/run-handler.ts';
import type { IncomingMessage } from '../event/message.ts';
import { keyTextOf } from '../parking/stored-message.ts';
import type { PartitionPosition } from '../inbox/positions.ts';

/**
 * Handles a message whose handler runs outside of a transaction: first the handler, then, in one transaction, the record that
 * the event was handled. A failure or a crash in between repeats the handler: at least once. The handler does not run if the
 * event was handled before, if its key is parked, or if another member has the partition. Resolves and rejects like
 * `handleBatch`.
 */
export async function handleAtLeastOnce(
  message: IncomingMessage,
  known: PartitionPosition,
  options: BatchOptions,
  verdict?: OffsetVerdict,
): Promise<BatchResult> {
  const { handlers, settings } = options;
  let seconds = 0;
  if (!verdict && (await isDue(options, known, message))) {
    const { outside } = prepareEvent(message, handlers);
    if (outside) seconds = await handleEvent(message, outside, { timeout: settings.handlerTimeout });
  }
  const result = await handleBatch(
    () => [message],
    known,
    () => false,
    options,
    verdict,
  );
  for (const handled of result.handled) handled.seconds += seconds;
  return result;
}

const due = `
  select exists (
    select from event_positions
    where consumer_group = :groupId and topic = :topic and partition = :partition
      and position = :position and resets = :resets
  ) and not exists (
    select from event_inbox where consumer_group in (:groupId, :other) and source = :source and event_id = :id
  ) and not exists (
    select from event_parked_keys where consumer_group = :groupId and topic = :topic and key = :key
  ) as due`;

async function isDue(
  { database, of, takeover }: BatchOptions,
  { position, resets }: PartitionPosition,
  message: IncomingMessage,
): Promise<boolean> {
  const { source = '', id = '' } = readIdentity(message) ?? {};
  const key = keyTextOf(message);
  const other = resets === 0 && takeover?.isMoved(message) ? takeover.group : of.groupId;
  const values = { ...of, other, position, resets, source, id, key };
  const { rows } = await database.raw<{ rows: { due: boolean }[] }>(due, values);
  return rows[0]?.due === true;
}

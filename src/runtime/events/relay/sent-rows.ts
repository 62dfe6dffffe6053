import { failpoint } from '../../async/failpoint.ts';
import { deleteRows, type RowId } from './outbox-rows.ts';
import type { Session } from './session.ts';

type DeletingSession = Pick<Session, 'query'>;

/** The rows that Kafka has, and that may still be in the outbox. */
export interface SentRows {
  /** Sends the deletion of these rows, and returns immediately. Without a session, they wait for `flush`. */
  add(rows: readonly RowId[], session: DeletingSession | undefined): void;
  /**
   * Sends the deletion of rows that an earlier session did not delete. A query that is sent afterwards, on the same session,
   * finds none of the rows that were added before.
   */
  flush(session: DeletingSession | undefined): void;
  /** Resolves when no deletion is running. Never rejects: the session reports its own loss. */
  settled(): Promise<unknown>;
}

export function createSentRows(): SentRows {
  /** Their deletion was not sent, or it failed. */
  let waiting: RowId[] = [];
  const running = new Set<Promise<void>>();

  async function remove(session: DeletingSession, rows: RowId[]): Promise<void> {
    failpoint('relay.deleting');
    try {
      await deleteRows(session, rows);
      failpoint('relay.deleted');
    } catch {
      waiting = [...rows, ...waiting];
    }
  }

  function flush(session: DeletingSession | undefined): void {
    if (!session || waiting.length === 0) return;
    const deletion = remove(session, waiting).finally(() => running.delete(deletion));
    waiting = [];
    running.add(deletion);
  }

  return {
    add(rows, session) {
      waiting = [...waiting, ...rows];
      flush(session);
    },
    flush,
    settled: () => Promise.all(running),
  };
}

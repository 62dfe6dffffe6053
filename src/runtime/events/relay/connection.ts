import { CHANNEL } from '../outbox/lanes.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { connectionError } from '../../database/connection-error.ts';
import { checkRequiredSchema, outboxSchema } from '../../database/required-schema.ts';
import { createLowWaterMarks, type LowWaterMarks } from './low-water-marks.ts';
import { joinLeases, type LaneLeases, LANES_CHANGED } from './lane-leases.ts';
import { openSession, type Session, type SessionEvents } from './session.ts';
import { coalesce } from '../../async/coalesce.ts';

/** A session with its leases; both end together. */
export interface RelayConnection {
  session: Session;
  leases: LaneLeases;
  lowWaterMarks: LowWaterMarks;
  channel: string;
  /** Takes and returns lanes, and checks for ended transactions; never rejects. */
  balance(): Promise<void>;
  /** Returns all lanes, and notifies the other relays. */
  close(): Promise<void>;
}

/** Rejects with a message that names the remedy. @param idle resolves when no work for a lane is running */
export async function openRelayConnection(
  { serviceName, databaseDirectUrl }: Pick<ServiceConfig, 'serviceName' | 'databaseDirectUrl'>,
  idle: (lane: number) => Promise<void>,
  events: SessionEvents,
): Promise<RelayConnection> {
  let ready = false;
  const session = await openSession(databaseDirectUrl, `${serviceName} relay`, CHANNEL, {
    heard: (message) => events.heard(message),
    lost: (cause) => ready && events.lost(cause), // before that, this function rejects
  }).catch((error) => {
    const variable = 'DATABASE_DIRECT_URL, or DATABASE_URL if DATABASE_DIRECT_URL is not set';
    throw connectionError(error, databaseDirectUrl, { variable, isRunning: true });
  });
  const leases = await checkRequiredSchema(session.query, outboxSchema)
    .then(() => joinLeases(session, CHANNEL, idle))
    .catch(async (error) => {
      await session.close();
      throw error;
    });
  const lowWaterMarks = createLowWaterMarks(session);
  ready = true;
  return {
    session,
    leases,
    lowWaterMarks,
    channel: CHANNEL,
    balance: coalesce(async () => {
      try {
        await lowWaterMarks.look();
        await leases.balance();
      } catch {
        // the session reports its own loss
      }
    }),
    async close() {
      await session
        .query('select pg_advisory_unlock_all(), pg_notify($1, $2)', [CHANNEL, LANES_CHANGED])
        .catch(() => undefined);
      await session.close();
    },
  };
}

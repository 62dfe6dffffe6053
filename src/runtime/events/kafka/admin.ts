import type { Admin, Kafka } from 'kafkajs';
import { CLOSE_DEADLINE, disconnect, inTime } from './deadline.ts';

const ADMIN_DEADLINE = 15_000;

export interface SharedAdmin {
  use<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** One admin connection for all requests about topics; it is replaced after an error. */
export function createSharedAdmin(newClient: () => Kafka): SharedAdmin {
  let connecting: Promise<Admin> | undefined;
  const underWay = new Set<Promise<unknown>>();

  async function connect(): Promise<Admin> {
    const admin = newClient().admin();
    await admin.connect();
    return admin;
  }

  /** KafkaJS reconnects for requests that are running during a disconnect, so wait for them, or disconnect again. */
  async function close(): Promise<void> {
    const discarded = connecting;
    connecting = undefined;
    const idle = Promise.allSettled(underWay);
    await inTime(idle, CLOSE_DEADLINE, 'not idle').catch(
      () => void idle.then(() => discarded?.then(disconnect, () => undefined)),
    );
    await discarded?.then(disconnect, () => undefined);
  }

  return {
    async use(work) {
      const connected = (connecting ??= connect());
      const working = connected.then(work);
      underWay.add(working);
      const settled = (): boolean => underWay.delete(working);
      working.then(settled, settled);
      try {
        return await inTime(working, ADMIN_DEADLINE, 'Kafka did not answer');
      } catch (error) {
        if (connecting === connected) void close();
        throw error;
      }
    },
    close,
  };
}

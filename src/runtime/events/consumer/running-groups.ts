import type { ParkedRunner } from '../retry/worker.ts';
import type { Consumer, ConsumerStatus } from './group.ts';

/** The state of a group in this replica, with the numbers of parked and dead keys at its last check. */
export interface GroupStatus extends ConsumerStatus {
  parked: number;
  dead: number;
}

/** The consumer of a group, and the runner of its parked events. */
export interface RunningGroup {
  consumer: Consumer;
  runner: ParkedRunner;
}

/** The groups that consume in this replica. */
export interface RunningGroups {
  /** Starts a group. Does nothing for a group that consumes. */
  begin: (groupId: string) => void;
  /** Stops one group; resolves when it has stopped. */
  end: (groupId: string) => Promise<void>;
  /** Stops all groups. */
  stop: () => Promise<void>;
  status: () => GroupStatus[];
  healthy: () => boolean;
}

/** @param create returns the consumer of a group, not yet started */
export function createRunningGroups(create: (groupId: string) => RunningGroup): RunningGroups {
  const running = new Map<string, RunningGroup>();

  async function end(groupId: string): Promise<void> {
    const group = running.get(groupId);
    running.delete(groupId);
    if (group) await stopGroup(group);
  }

  return {
    begin(groupId) {
      if (running.has(groupId)) return;
      const group = create(groupId);
      running.set(groupId, group);
      group.consumer.start();
      group.runner.start();
    },
    end,
    async stop() {
      await Promise.all([...running.values()].map(stopGroup));
    },
    status: () =>
      [...running.values()].map(({ consumer, runner }) => ({ ...consumer.status(), ...runner.counts() })),
    healthy: () => [...running.values()].every(({ consumer }) => consumer.healthy()),
  };
}

const stopGroup = ({ consumer, runner }: RunningGroup) => Promise.all([consumer.stop(), runner.stop()]);

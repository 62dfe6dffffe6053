import type { Coordinator } from '../groups/coordinator.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api } from './api.ts';

/** Keeps a member in its group, and reports a rebalance. */
export function heartbeatApi(coordinator: Coordinator): Api {
  return {
    key: 12,
    versions: [0, 4],
    flexibleFrom: 4,
    handle(request, { version, isFlexible }) {
      const groupId = request.string();
      const generation = request.int32();
      const memberId = request.string();
      const instanceId = version >= 3 ? request.nullableString() : null;
      request.tags();
      const writer = new Writer(isFlexible);
      if (version >= 1) writer.int32(0);
      return writer.int16(coordinator.heartbeat(groupId, { memberId, instanceId, generation }));
    },
  };
}

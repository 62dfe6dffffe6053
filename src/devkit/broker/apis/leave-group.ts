import type { Coordinator } from '../groups/coordinator.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

/** Takes members out of their group at once; version 3 names several of them. */
export function leaveGroupApi(coordinator: Coordinator): Api {
  return {
    key: 13,
    versions: [0, 3],
    handle(request, { version }) {
      const groupId = request.string();
      const writer = new Writer();
      if (version >= 1) writer.int32(0);
      if (version < 3) return writer.int16(coordinator.leave(groupId, request.string()));
      const members = request.array((reader) => ({
        memberId: reader.string(),
        instanceId: reader.nullableString(),
      }));
      return writer.int16(errorCodes.none).array(members, (w, { memberId, instanceId }) => {
        w.string(memberId).string(instanceId).int16(coordinator.leave(groupId, memberId));
      });
    },
  };
}

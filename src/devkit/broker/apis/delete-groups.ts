import type { Coordinator } from '../groups/coordinator.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

/** Deletes empty groups with their offsets. */
export function deleteGroupsApi(coordinator: Coordinator): Api {
  return {
    key: 42,
    versions: [0, 1],
    handle(request) {
      const groupIds = request.array((reader) => reader.string());
      return new Writer().int32(0).array(groupIds, (w, groupId) => {
        w.string(groupId).int16(coordinator.remove(groupId));
      });
    },
  };
}

import type { Coordinator } from '../groups/coordinator.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api } from './api.ts';

/** Deletes empty groups and their offsets. */
export function deleteGroupsApi(coordinator: Coordinator): Api {
  return {
    key: 42,
    versions: [0, 2],
    flexibleFrom: 2,
    handle(request, { isFlexible }) {
      const groupIds = request.array((reader) => reader.string());
      request.tags();
      return new Writer(isFlexible).int32(0).structs(groupIds, (w, groupId) => {
        w.string(groupId).int16(coordinator.remove(groupId));
      });
    },
  };
}

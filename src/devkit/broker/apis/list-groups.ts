import type { Coordinator } from '../groups/coordinator.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

/** Lists the groups that have members or committed offsets. */
export function listGroupsApi(coordinator: Coordinator): Api {
  return {
    key: 16,
    versions: [0, 2],
    handle(_request, { version }) {
      const writer = new Writer();
      if (version >= 1) writer.int32(0);
      return writer.int16(errorCodes.none).array(coordinator.list(), (w, { groupId, protocolType }) => {
        w.string(groupId).string(protocolType);
      });
    },
  };
}

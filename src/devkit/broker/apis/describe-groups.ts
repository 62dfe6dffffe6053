import type { Coordinator } from '../groups/coordinator.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/writer.ts';
import type { Api } from './api.ts';

/** Describes groups and their members; a group that is not there is "Dead", as in Kafka. */
export function describeGroupsApi(coordinator: Coordinator): Api {
  return {
    key: 15,
    versions: [0, 2],
    handle(request, { version }) {
      const groupIds = request.array((reader) => reader.string());
      const writer = new Writer();
      if (version >= 1) writer.int32(0);
      return writer.array(groupIds, (w, groupId) => {
        const { state, protocolType, protocol, members } = coordinator.describe(groupId);
        w.int16(errorCodes.none).string(groupId).string(state).string(protocolType).string(protocol);
        w.array(members, (each, { id, clientId, clientHost, metadata, assignment }) => {
          each.string(id).string(clientId).string(clientHost).bytes(metadata).bytes(assignment);
        });
      });
    },
  };
}

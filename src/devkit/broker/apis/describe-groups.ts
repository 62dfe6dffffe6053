import type { Coordinator } from '../groups/coordinator.ts';
import type { GroupDescription } from '../groups/group.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import { UNKNOWN_OPERATIONS, type Api } from './api.ts';

/** Describes groups and their members. As in Kafka, an unknown group is "Dead"; from version 6 it is an error. */
export function describeGroupsApi(coordinator: Coordinator): Api {
  return {
    key: 15,
    versions: [0, 6],
    flexibleFrom: 5,
    handle(request, { version, isFlexible }) {
      const groupIds = request.array((reader) => reader.string());
      if (version >= 3) request.boolean();
      request.tags();
      const writer = new Writer(isFlexible);
      if (version >= 1) writer.int32(0);
      return writer.structs(groupIds, (w, groupId) =>
        write(w, version, groupId, coordinator.describe(groupId)),
      );
    },
  };
}

function write(writer: Writer, version: number, groupId: string, group: GroupDescription): void {
  const isMissing = version >= 6 && group.state === 'Dead';
  writer.int16(isMissing ? errorCodes.groupIdNotFound : errorCodes.none);
  if (version >= 6) writer.string(isMissing ? `Group ${groupId} not found.` : null);
  writer.string(groupId).string(group.state).string(group.protocolType).string(group.protocol);
  writer.structs(group.members, (w, { id, instanceId, clientId, clientHost, metadata, assignment }) => {
    w.string(id);
    if (version >= 4) w.string(instanceId);
    w.string(clientId).string(clientHost).bytes(metadata).bytes(assignment);
  });
  if (version >= 3) writer.int32(UNKNOWN_OPERATIONS);
}

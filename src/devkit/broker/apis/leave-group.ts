import type { Coordinator } from '../groups/coordinator.ts';
import type { MemberIdentity } from '../groups/member.ts';
import { errorCodes } from '../protocol/error-codes.ts';
import type { Reader } from '../protocol/bytes/reader.ts';
import { Writer } from '../protocol/bytes/writer.ts';
import type { Api } from './api.ts';

/** Removes members from their group immediately; from version 3, several at once. */
export function leaveGroupApi(coordinator: Coordinator): Api {
  return {
    key: 13,
    versions: [0, 5],
    flexibleFrom: 4,
    handle(request, { version, isFlexible }) {
      const groupId = request.string();
      const writer = new Writer(isFlexible);
      if (version >= 1) writer.int32(0);
      if (version < 3) {
        return writer.int16(coordinator.leave(groupId, { memberId: request.string(), instanceId: null }));
      }
      const members = request.structs((reader) => readLeaving(reader, version));
      request.tags();
      return writer.int16(errorCodes.none).structs(members, (w, member) => {
        w.string(member.memberId).string(member.instanceId).int16(coordinator.leave(groupId, member));
      });
    },
  };
}

function readLeaving(reader: Reader, version: number): MemberIdentity {
  const leaving = { memberId: reader.string(), instanceId: reader.nullableString() };
  if (version >= 5) reader.nullableString();
  return leaving;
}

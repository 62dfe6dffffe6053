import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { createGroup, type Group, type GroupDescription } from './group.ts';
import {
  refuseJoin,
  refuseSync,
  type JoinAnswer,
  type JoinRequest,
  type MemberIdentity,
  type Membership,
  type SyncAnswer,
  type SyncRequest,
} from './member.ts';
import type { Offsets } from './offsets.ts';

/** Kafka's default of `group.max.session.timeout.ms`. */
const MAX_SESSION_TIMEOUT_MS = 1_800_000;

/** All consumer groups. A group with offsets but no members is empty. */
export interface Coordinator {
  join(request: JoinRequest): JoinAnswer | Promise<JoinAnswer>;
  sync(groupId: string, request: SyncRequest): SyncAnswer | Promise<SyncAnswer>;
  heartbeat(groupId: string, member: Membership): ErrorCode;
  leave(groupId: string, member: MemberIdentity): ErrorCode;
  checkCommit(groupId: string, member: Membership): ErrorCode;
  describe(groupId: string): GroupDescription;
  list(): { groupId: string; protocolType: string; state: string }[];
  remove(groupId: string): ErrorCode;
  close(): void;
}

/** `minSessionTimeout` (milliseconds) is Kafka's `group.min.session.timeout.ms`. */
export function createCoordinator(offsets: Offsets, minSessionTimeout: number): Coordinator {
  const groups = new Map<string, Group>();
  const hasGroup = (groupId: string): boolean => groups.has(groupId) || offsets.list(groupId).length > 0;

  function groupFor(groupId: string): Group {
    const group = groups.get(groupId) ?? createGroup();
    groups.set(groupId, group);
    return group;
  }

  return {
    join(request) {
      const { groupId, memberId, sessionTimeout } = request;
      if (groupId === '') return refuseJoin(errorCodes.invalidGroupId, memberId);
      if (sessionTimeout < minSessionTimeout || sessionTimeout > MAX_SESSION_TIMEOUT_MS) {
        return refuseJoin(errorCodes.invalidSessionTimeout, memberId);
      }
      if (memberId !== '' && !groups.has(groupId)) return refuseJoin(errorCodes.unknownMemberId, memberId);
      return groupFor(groupId).join(request);
    },
    sync: (groupId, request) => groups.get(groupId)?.sync(request) ?? refuseSync(errorCodes.unknownMemberId),
    heartbeat: (groupId, member) => groups.get(groupId)?.heartbeat(member) ?? errorCodes.unknownMemberId,
    leave: (groupId, member) => groups.get(groupId)?.leave(member) ?? errorCodes.unknownMemberId,
    checkCommit(groupId, member) {
      if (groupId === '') return errorCodes.invalidGroupId;
      const group = groups.get(groupId);
      if (group) return group.checkCommit(member);
      return member.generation < 0 ? errorCodes.none : errorCodes.illegalGeneration;
    },
    describe(groupId) {
      const group = groups.get(groupId);
      if (group) return group.describe();
      const state = hasGroup(groupId) ? 'Empty' : 'Dead';
      const protocolType = hasGroup(groupId) ? 'consumer' : '';
      return { state, protocolType, protocol: '', members: [] };
    },
    list: () =>
      [...new Set([...groups.keys(), ...offsets.groupIds()])].map((groupId) => {
        const { protocolType = '', state = 'Empty' } = groups.get(groupId)?.describe() ?? {};
        return { groupId, protocolType: protocolType || 'consumer', state };
      }),
    remove(groupId) {
      if (!hasGroup(groupId)) return errorCodes.groupIdNotFound;
      const group = groups.get(groupId);
      if (group && group.describe().state !== 'Empty') return errorCodes.nonEmptyGroup;
      group?.close();
      groups.delete(groupId);
      offsets.removeGroup(groupId);
      return errorCodes.none;
    },
    close: () => groups.forEach((group) => group.close()),
  };
}

import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Generations, type GroupState } from './generations.ts';
import { createJoins } from './joins.ts';
import {
  metadataFor,
  refuseSync,
  type JoinAnswer,
  type JoinRequest,
  type MemberIdentity,
  type Membership,
  type SyncAnswer,
  type SyncRequest,
} from './member.ts';

export interface GroupDescription {
  state: GroupState | 'Dead';
  protocolType: string;
  protocol: string;
  members: MemberDescription[];
}

export interface MemberDescription {
  id: string;
  instanceId: string | null;
  clientId: string;
  clientHost: string;
  metadata: Buffer;
  assignment: Buffer;
}

/** One consumer group of the classic protocol. */
export interface Group {
  /** Resolves when all members have joined, or after the rebalance timeout. */
  join(request: JoinRequest): JoinAnswer | Promise<JoinAnswer>;
  /** Resolves when the leader has sent the assignments. */
  sync(request: SyncRequest): SyncAnswer | Promise<SyncAnswer>;
  heartbeat(member: Membership): ErrorCode;
  /** An administrator may name a static member without its id. */
  leave(member: MemberIdentity): ErrorCode;
  /** Returns the error if this member cannot commit offsets now. A committer outside the group has generation -1. */
  checkCommit(member: Membership): ErrorCode;
  describe(): GroupDescription;
  /** Clears all timers; waiting requests stay unanswered. */
  close(): void;
}

export function createGroup(): Group {
  const generations = new Generations();
  const { members } = generations;

  function check(membership: Membership): ErrorCode {
    const error = generations.identityError(membership);
    if (error) return error;
    if (membership.generation !== generations.number) return errorCodes.illegalGeneration;
    generations.keepAlive(members.get(membership.memberId)!);
    return errorCodes.none;
  }

  function checkProtocol(believed: SyncRequest['protocol']): ErrorCode {
    const isRight =
      !believed || (believed.type === generations.protocolType && believed.name === generations.protocol);
    return isRight ? errorCodes.none : errorCodes.inconsistentGroupProtocol;
  }

  return {
    join: createJoins(generations),
    sync(request) {
      const error = check(request) || checkProtocol(request.protocol);
      if (error) return refuseSync(error);
      const member = members.get(request.memberId)!;
      if (generations.state === 'PreparingRebalance') return refuseSync(errorCodes.rebalanceInProgress);
      if (generations.state === 'Stable') return generations.syncAnswer(member);
      const answer = generations.sync(member);
      if (member.id === generations.leaderId) generations.assign(request.assignments);
      return answer;
    },
    heartbeat(member) {
      const isRebalancing = generations.state === 'PreparingRebalance';
      return check(member) || (isRebalancing ? errorCodes.rebalanceInProgress : errorCodes.none);
    },
    leave({ memberId, instanceId }) {
      const named = memberId === '' ? generations.staticMember(instanceId) : undefined;
      const identity = { memberId: named?.id ?? memberId, instanceId };
      if (generations.forget(memberId)) return errorCodes.none;
      const error = generations.identityError(identity);
      if (error === errorCodes.none) generations.remove(members.get(identity.memberId)!);
      return error;
    },
    checkCommit(member) {
      if (member.generation < 0 && members.size === 0) return errorCodes.none;
      const isUnassigned = generations.state === 'CompletingRebalance';
      return check(member) || (isUnassigned ? errorCodes.rebalanceInProgress : errorCodes.none);
    },
    describe() {
      const { state, protocolType, protocol } = generations;
      const described = [...members.values()].map((member) => {
        const { id, instanceId, clientId, clientHost, assignment } = member;
        const metadata = metadataFor(member, protocol);
        return { id, instanceId, clientId, clientHost, assignment, metadata };
      });
      return { state, protocolType, protocol, members: described };
    },
    close: () => generations.close(),
  };
}

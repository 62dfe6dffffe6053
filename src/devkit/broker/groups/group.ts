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
  /** Resolves when the group's members have all joined, or the rebalance timeout has passed. */
  join(request: JoinRequest): JoinAnswer | Promise<JoinAnswer>;
  /** Resolves when the leader has said who gets what. */
  sync(request: SyncRequest): SyncAnswer | Promise<SyncAnswer>;
  heartbeat(member: Membership): ErrorCode;
  /** A static member may be named without its id, as administrators do. */
  leave(member: MemberIdentity): ErrorCode;
  /** Says whether this member may commit offsets now; a committer outside the group has generation -1. */
  checkCommit(member: Membership): ErrorCode;
  describe(): GroupDescription;
  /** Ends every timer; requests that wait stay unanswered. */
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

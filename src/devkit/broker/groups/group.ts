import { randomUUID } from 'node:crypto';
import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import { Generations, type GroupState } from './generations.ts';
import {
  commonProtocols,
  createMember,
  hasSameProtocols,
  metadataFor,
  refuseJoin,
  refuseSync,
  type JoinAnswer,
  type JoinRequest,
  type Member,
  type SyncAnswer,
  type SyncRequest,
} from './member.ts';

export interface GroupDescription {
  state: GroupState | 'Dead';
  protocolType: string;
  protocol: string;
  members: { id: string; clientId: string; clientHost: string; metadata: Buffer; assignment: Buffer }[];
}

/** One consumer group of the classic protocol; static members are taken as dynamic ones. */
export interface Group {
  /** Resolves when the group's members have all joined, or the rebalance timeout has passed. */
  join(request: JoinRequest): JoinAnswer | Promise<JoinAnswer>;
  /** Resolves when the leader has said who gets what. */
  sync(request: SyncRequest): SyncAnswer | Promise<SyncAnswer>;
  heartbeat(memberId: string, generation: number): ErrorCode;
  leave(memberId: string): ErrorCode;
  /** Says whether this member may commit offsets now; a committer outside the group has generation -1. */
  checkCommit(memberId: string, generation: number): ErrorCode;
  describe(): GroupDescription;
  /** Ends every timer; requests that wait stay unanswered. */
  close(): void;
}

export function createGroup(): Group {
  const generations = new Generations();
  const { members } = generations;

  function accepts(request: JoinRequest): boolean {
    if (request.protocolType === '' || request.protocols.length === 0) return false;
    const others = [...members.values()].filter(({ id }) => id !== request.memberId);
    if (others.length === 0) return true;
    const common = commonProtocols(others);
    return (
      request.protocolType === generations.protocolType &&
      request.protocols.some(({ name }) => common.has(name))
    );
  }

  function joinAsNew(request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    const memberId = `${request.clientId}-${randomUUID()}`;
    if (!request.requiresKnownId) return add(memberId, request);
    generations.expect(memberId, request.sessionTimeout);
    return refuseJoin(errorCodes.memberIdRequired, memberId);
  }

  function add(memberId: string, request: JoinRequest): Promise<JoinAnswer> {
    generations.protocolType = request.protocolType;
    return generations.join(createMember(memberId, request));
  }

  function joinAgain(member: Member, request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    generations.keepAlive(member);
    if (!mustRebalance(member, request)) return generations.joinAnswer(member);
    const { protocols, sessionTimeout, rebalanceTimeout } = request;
    return generations.join(Object.assign(member, { protocols, sessionTimeout, rebalanceTimeout }));
  }

  function mustRebalance(member: Member, { protocols }: JoinRequest): boolean {
    const { state, leaderId } = generations;
    if (state === 'PreparingRebalance' || !hasSameProtocols(member, protocols)) return true;
    return state === 'Stable' && member.id === leaderId;
  }

  function check(memberId: string, generation: number): ErrorCode {
    const member = members.get(memberId);
    if (!member) return errorCodes.unknownMemberId;
    if (generation !== generations.number) return errorCodes.illegalGeneration;
    generations.keepAlive(member);
    return errorCodes.none;
  }

  function checkProtocol(believed: SyncRequest['protocol']): ErrorCode {
    const isRight =
      !believed || (believed.type === generations.protocolType && believed.name === generations.protocol);
    return isRight ? errorCodes.none : errorCodes.inconsistentGroupProtocol;
  }

  return {
    join(request) {
      const { memberId } = request;
      if (!accepts(request)) return refuseJoin(errorCodes.inconsistentGroupProtocol, memberId);
      if (memberId === '') return joinAsNew(request);
      if (generations.claim(memberId)) return add(memberId, request);
      const member = members.get(memberId);
      return member ? joinAgain(member, request) : refuseJoin(errorCodes.unknownMemberId, memberId);
    },
    sync({ memberId, generation, protocol, assignments }) {
      const error = check(memberId, generation) || checkProtocol(protocol);
      if (error) return refuseSync(error);
      const member = members.get(memberId)!;
      if (generations.state === 'PreparingRebalance') return refuseSync(errorCodes.rebalanceInProgress);
      if (generations.state === 'Stable') return generations.syncAnswer(member);
      const answer = generations.sync(member);
      if (memberId === generations.leaderId) generations.assign(assignments);
      return answer;
    },
    heartbeat(memberId, generation) {
      const isRebalancing = generations.state === 'PreparingRebalance';
      return (
        check(memberId, generation) || (isRebalancing ? errorCodes.rebalanceInProgress : errorCodes.none)
      );
    },
    leave(memberId) {
      const member = members.get(memberId);
      if (member) generations.remove(member);
      return member || generations.forget(memberId) ? errorCodes.none : errorCodes.unknownMemberId;
    },
    checkCommit(memberId, generation) {
      if (generation < 0 && members.size === 0) return errorCodes.none;
      const isUnassigned = generations.state === 'CompletingRebalance';
      return check(memberId, generation) || (isUnassigned ? errorCodes.rebalanceInProgress : errorCodes.none);
    },
    describe() {
      const { state, protocolType, protocol } = generations;
      const described = [...members.values()].map((member) => {
        const { id, clientId, clientHost, assignment } = member;
        return { id, clientId, clientHost, assignment, metadata: metadataFor(member, protocol) };
      });
      return { state, protocolType, protocol, members: described };
    },
    close: () => generations.close(),
  };
}

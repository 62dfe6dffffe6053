import { randomUUID } from 'node:crypto';
import { errorCodes } from '../protocol/error-codes.ts';
import type { Generations } from './generations.ts';
import {
  commonProtocols,
  createMember,
  electProtocol,
  hasSameProtocols,
  refuseJoin,
  type JoinAnswer,
  type JoinRequest,
  type Member,
} from './member.ts';

type Join = (request: JoinRequest) => JoinAnswer | Promise<JoinAnswer>;

/** Handles a JoinGroup: of a new member, of a member that rejoins, or of a static member that returns (KIP-345). */
export function createJoins(generations: Generations): Join {
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

  /** A static member does not need an id before it joins: it always takes its own place. */
  function joinAsNew(request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    const { instanceId, clientId, requiresKnownId, sessionTimeout } = request;
    const memberId = `${instanceId ?? clientId}-${randomUUID()}`;
    const old = generations.staticMember(instanceId);
    if (old) return comeBack(old, createMember(memberId, request), request);
    if (instanceId !== null || !requiresKnownId) return add(memberId, request);
    generations.expect(memberId, sessionTimeout);
    return refuseJoin(errorCodes.memberIdRequired, memberId);
  }

  function add(memberId: string, request: JoinRequest): Promise<JoinAnswer> {
    generations.protocolType = request.protocolType;
    return generations.join(createMember(memberId, request));
  }

  /** Returns a static member without a rebalance, if the group keeps its protocol. A leader must not assign. */
  function comeBack(old: Member, member: Member, { knowsSkipping }: JoinRequest) {
    const { leaderId } = generations;
    generations.replace(old, member);
    const keepsProtocol = electProtocol([...members.values()]) === generations.protocol;
    if (generations.state !== 'Stable' || !keepsProtocol) return generations.join(member);
    const answer = generations.joinAnswer(member);
    if (knowsSkipping) return { ...answer, skipsAssignment: member.id === generations.leaderId };
    // With its old id as the leader's, the client acts as a follower and asks for its assignment.
    return { ...answer, leaderId, members: [] };
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

  return (request) => {
    const { memberId } = request;
    if (!accepts(request)) return refuseJoin(errorCodes.inconsistentGroupProtocol, memberId);
    if (memberId === '') return joinAsNew(request);
    if (generations.claim(memberId)) return add(memberId, request);
    const error = generations.identityError(request);
    return error ? refuseJoin(error, memberId) : joinAgain(members.get(memberId)!, request);
  };
}

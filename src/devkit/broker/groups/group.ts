import { randomUUID } from 'node:crypto';
import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import {
  commonProtocols,
  createMember,
  electProtocol,
  hasSameProtocols,
  metadataFor,
  type JoinAnswer,
  type JoinRequest,
  type Member,
  type SyncAnswer,
} from './member.ts';

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

const nobody = { generation: -1, protocol: '', leaderId: '', members: [] };

/**
 * One consumer group of the classic protocol: the state machine of Kafka's GroupCoordinator, without the
 * initial rebalance delay and without static members.
 */
export class Group {
  readonly id: string;
  readonly members = new Map<string, Member>();
  state: GroupState = 'Empty';
  generation = 0;
  protocol = '';
  protocolType = '';
  /** Ids handed out to clients that have not yet joined with them. */
  private readonly pending = new Map<string, NodeJS.Timeout>();
  private leaderId = '';
  private rebalanceTimer: NodeJS.Timeout | undefined;
  private syncTimer: NodeJS.Timeout | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** Resolves when the group's members have all joined, or the rebalance timeout has passed. */
  join(request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    const { memberId } = request;
    if (!this.accepts(request)) return refuseJoin(errorCodes.inconsistentGroupProtocol, memberId);
    if (memberId === '') return this.joinAsNew(request);
    if (this.forgetPending(memberId)) return this.add(memberId, request);
    const member = this.members.get(memberId);
    if (!member) return refuseJoin(errorCodes.unknownMemberId, memberId);
    this.keepAlive(member);
    if (!this.mustRebalance(member, request)) return this.joinAnswer(member);
    const { protocols, sessionTimeout, rebalanceTimeout } = request;
    Object.assign(member, { protocols, sessionTimeout, rebalanceTimeout });
    return this.waitForOthers(member);
  }

  /** Resolves when the leader has said who gets what. */
  sync(
    memberId: string,
    generation: number,
    assignments: Map<string, Buffer>,
  ): SyncAnswer | Promise<SyncAnswer> {
    const error = this.check(memberId, generation);
    if (error) return refuseSync(error);
    if (this.state === 'PreparingRebalance') return refuseSync(errorCodes.rebalanceInProgress);
    const member = this.members.get(memberId)!;
    this.keepAlive(member);
    if (this.state === 'Stable') return { error: errorCodes.none, assignment: member.assignment };
    member.syncing?.({ error: errorCodes.rebalanceInProgress, assignment: Buffer.alloc(0) });
    const answer = new Promise<SyncAnswer>((resolve) => (member.syncing = resolve));
    if (memberId === this.leaderId) this.assign(assignments);
    return answer;
  }

  heartbeat(memberId: string, generation: number): ErrorCode {
    const error = this.check(memberId, generation);
    if (error) return error;
    this.keepAlive(this.members.get(memberId)!);
    return this.state === 'PreparingRebalance' ? errorCodes.rebalanceInProgress : errorCodes.none;
  }

  leave(memberId: string): ErrorCode {
    if (this.forgetPending(memberId)) {
      this.completeJoinWhenAllAreHere();
      return errorCodes.none;
    }
    const member = this.members.get(memberId);
    if (!member) return errorCodes.unknownMemberId;
    this.remove(member);
    return errorCodes.none;
  }

  /** Says whether this member may commit offsets now; a committer outside the group has generation -1. */
  checkCommit(memberId: string, generation: number): ErrorCode {
    if (generation < 0 && this.members.size === 0) return errorCodes.none;
    const error = this.check(memberId, generation);
    if (error) return error;
    this.keepAlive(this.members.get(memberId)!);
    return this.state === 'CompletingRebalance' ? errorCodes.rebalanceInProgress : errorCodes.none;
  }

  /** Ends every timer; requests that wait stay unanswered. */
  close(): void {
    clearTimeout(this.rebalanceTimer);
    clearTimeout(this.syncTimer);
    for (const timer of this.pending.values()) clearTimeout(timer);
    for (const { session } of this.members.values()) clearTimeout(session);
  }

  private check(memberId: string, generation: number): ErrorCode {
    if (!this.members.has(memberId)) return errorCodes.unknownMemberId;
    return generation === this.generation ? errorCodes.none : errorCodes.illegalGeneration;
  }

  private accepts({ memberId, protocolType, protocols }: JoinRequest): boolean {
    if (protocolType === '' || protocols.length === 0) return false;
    const others = [...this.members.values()].filter(({ id }) => id !== memberId);
    if (others.length === 0) return true;
    const common = commonProtocols(others);
    return protocolType === this.protocolType && protocols.some(({ name }) => common.has(name));
  }

  private joinAsNew(request: JoinRequest): JoinAnswer | Promise<JoinAnswer> {
    const memberId = `${request.clientId}-${randomUUID()}`;
    if (!request.requiresKnownId) return this.add(memberId, request);
    const expire = (): void => void this.leave(memberId);
    this.pending.set(memberId, setTimeout(expire, request.sessionTimeout));
    return refuseJoin(errorCodes.memberIdRequired, memberId);
  }

  private forgetPending(memberId: string): boolean {
    clearTimeout(this.pending.get(memberId));
    return this.pending.delete(memberId);
  }

  private add(memberId: string, request: JoinRequest): Promise<JoinAnswer> {
    const member = createMember(memberId, request);
    this.members.set(memberId, member);
    this.protocolType = request.protocolType;
    if (this.leaderId === '') this.leaderId = memberId;
    return this.waitForOthers(member);
  }

  private mustRebalance(member: Member, { protocols }: JoinRequest): boolean {
    if (this.state === 'PreparingRebalance' || !hasSameProtocols(member, protocols)) return true;
    return this.state === 'Stable' && member.id === this.leaderId;
  }

  private waitForOthers(member: Member): Promise<JoinAnswer> {
    member.joining?.(refuseJoin(errorCodes.rebalanceInProgress, member.id));
    const answer = new Promise<JoinAnswer>((resolve) => (member.joining = resolve));
    this.prepareRebalance();
    return answer;
  }

  private prepareRebalance(): void {
    if (this.state === 'CompletingRebalance') this.refuseSyncs();
    if (this.state !== 'PreparingRebalance') {
      this.state = 'PreparingRebalance';
      clearTimeout(this.syncTimer);
      this.rebalanceTimer = setTimeout(() => this.completeJoin(), this.rebalanceTimeout());
    }
    this.completeJoinWhenAllAreHere();
  }

  private rebalanceTimeout(): number {
    return Math.max(0, ...[...this.members.values()].map(({ rebalanceTimeout }) => rebalanceTimeout));
  }

  private completeJoinWhenAllAreHere(): void {
    if (this.state !== 'PreparingRebalance' || this.pending.size > 0) return;
    if ([...this.members.values()].every(({ joining }) => joining)) this.completeJoin();
  }

  /** Starts the next generation with those who joined; the others are out. */
  private completeJoin(): void {
    clearTimeout(this.rebalanceTimer);
    for (const member of this.members.values()) if (!member.joining) this.drop(member);
    this.generation++;
    const members = [...this.members.values()];
    this.protocol = electProtocol(members);
    this.state = members.length === 0 ? 'Empty' : 'CompletingRebalance';
    if (!this.members.has(this.leaderId)) this.leaderId = members[0]?.id ?? '';
    for (const member of members) {
      member.joining?.(this.joinAnswer(member));
      member.joining = undefined;
      member.assignment = Buffer.alloc(0);
      this.keepAlive(member);
    }
    if (members.length > 0) this.syncTimer = setTimeout(() => this.dropUnsynced(), this.rebalanceTimeout());
  }

  private joinAnswer(member: Member): JoinAnswer {
    const members = member.id === this.leaderId ? [...this.members.values()] : [];
    return {
      error: errorCodes.none,
      generation: this.generation,
      protocol: this.protocol,
      leaderId: this.leaderId,
      memberId: member.id,
      members: members.map((each) => ({ memberId: each.id, metadata: metadataFor(each, this.protocol) })),
    };
  }

  private assign(assignments: Map<string, Buffer>): void {
    this.state = 'Stable';
    for (const member of this.members.values()) {
      member.assignment = assignments.get(member.id) ?? Buffer.alloc(0);
      member.syncing?.({ error: errorCodes.none, assignment: member.assignment });
      member.syncing = undefined;
    }
  }

  private refuseSyncs(): void {
    for (const member of this.members.values()) {
      member.syncing?.(refuseSync(errorCodes.rebalanceInProgress));
      member.syncing = undefined;
    }
  }

  private dropUnsynced(): void {
    if (this.state !== 'CompletingRebalance') return;
    for (const member of this.members.values()) if (!member.syncing) this.drop(member);
    this.prepareRebalance();
  }

  /** Starts the member's session again: it lasts until the next sign of life is due. */
  private keepAlive(member: Member): void {
    clearTimeout(member.session);
    member.session = setTimeout(() => this.expire(member), member.sessionTimeout);
  }

  /** A member whose request waits here is alive, whatever the time since its last heartbeat. */
  private expire(member: Member): void {
    if (member.joining || member.syncing) this.keepAlive(member);
    else this.remove(member);
  }

  private remove(member: Member): void {
    this.drop(member);
    if (this.state === 'PreparingRebalance') this.completeJoinWhenAllAreHere();
    else this.prepareRebalance();
  }

  private drop(member: Member): void {
    clearTimeout(member.session);
    this.members.delete(member.id);
    member.joining?.(refuseJoin(errorCodes.unknownMemberId, member.id));
    member.syncing?.(refuseSync(errorCodes.unknownMemberId));
    if (this.leaderId === member.id) this.leaderId = this.members.keys().next().value ?? '';
  }
}

/** The answer to a JoinGroup that is refused. */
export function refuseJoin(error: ErrorCode, memberId: string): JoinAnswer {
  return { ...nobody, error, memberId };
}

/** The answer to a SyncGroup that is refused. */
export function refuseSync(error: ErrorCode): SyncAnswer {
  return { error, assignment: Buffer.alloc(0) };
}

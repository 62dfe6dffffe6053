import { errorCodes, type ErrorCode } from '../protocol/error-codes.ts';
import {
  electProtocol,
  metadataFor,
  refuseJoin,
  refuseSync,
  type JoinAnswer,
  type Member,
  type MemberIdentity,
  type SyncAnswer,
} from './member.ts';

/** If no static member returns, a rebalance timeout of 0 must not keep the broker busy. */
const MIN_WAIT_MS = 1000;

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/**
 * The members of a group and its generations: a member that joins or leaves makes all members join again
 * (PreparingRebalance), then the leader assigns the partitions (CompletingRebalance), until the next change (Stable). The
 * states and their timeouts are those of Kafka's GroupCoordinator, without the initial rebalance delay.
 */
export class Generations {
  readonly members = new Map<string, Member>();
  state: GroupState = 'Empty';
  number = 0;
  protocolType = '';
  protocol = '';
  leaderId = '';
  /** Ids of clients that have not joined yet; a rebalance waits for them too. */
  private readonly expected = new Map<string, NodeJS.Timeout>();
  private rebalanceTimer: NodeJS.Timeout | undefined;
  private syncTimer: NodeJS.Timeout | undefined;

  /** Waits for the client with this id, for the length of its session. */
  expect(memberId: string, sessionTimeout: number): void {
    const giveUp = (): void => void this.forget(memberId);
    this.expected.set(memberId, setTimeout(giveUp, sessionTimeout));
  }

  /** Returns whether the id was expected. */
  forget(memberId: string): boolean {
    const wasExpected = this.claim(memberId);
    if (wasExpected) this.completeJoinWhenAllAreHere();
    return wasExpected;
  }

  /** Like `forget`, for a client that is about to join with the id. */
  claim(memberId: string): boolean {
    clearTimeout(this.expected.get(memberId));
    return this.expected.delete(memberId);
  }

  /** Resolves when every member has joined the next generation, or after the rebalance timeout. */
  join(member: Member): Promise<JoinAnswer> {
    this.members.set(member.id, member);
    if (this.leaderId === '') this.leaderId = member.id;
    member.joining?.(refuseJoin(errorCodes.rebalanceInProgress, member.id));
    const answer = new Promise<JoinAnswer>((resolve) => (member.joining = resolve));
    this.prepareRebalance();
    return answer;
  }

  staticMember(instanceId: string | null): Member | undefined {
    if (instanceId === null) return undefined;
    return [...this.members.values()].find((member) => member.instanceId === instanceId);
  }

  /** Returns the error if the member is not in the group, or if another member has taken its instance id. */
  identityError({ memberId, instanceId }: MemberIdentity): ErrorCode {
    const named = this.staticMember(instanceId);
    if (named && named.id !== memberId) return errorCodes.fencedInstanceId;
    const isKnown = this.members.has(memberId) && (instanceId === null || named);
    return isKnown ? errorCodes.none : errorCodes.unknownMemberId;
  }

  /** Replaces the static member that had the same instance id, which is fenced. */
  replace(old: Member, member: Member): void {
    clearTimeout(old.session);
    old.joining?.(refuseJoin(errorCodes.fencedInstanceId, old.id));
    old.syncing?.(refuseSync(errorCodes.fencedInstanceId));
    this.members.delete(old.id);
    this.members.set(member.id, member);
    if (this.leaderId === old.id) this.leaderId = member.id;
    member.assignment = old.assignment;
    this.keepAlive(member);
  }

  joinAnswer(member: Member): JoinAnswer {
    const { protocolType, protocol, leaderId, number: generation } = this;
    const listed = member.id === leaderId ? [...this.members.values()] : [];
    const members = listed.map((each) => ({
      memberId: each.id,
      instanceId: each.instanceId,
      metadata: metadataFor(each, protocol),
    }));
    const group = { generation, protocolType, protocol, leaderId };
    return { error: errorCodes.none, ...group, memberId: member.id, members };
  }

  syncAnswer({ assignment }: Member): SyncAnswer {
    const protocol = { type: this.protocolType, name: this.protocol };
    return { error: errorCodes.none, protocol, assignment };
  }

  /** Resolves when the leader has sent the assignments. */
  sync(member: Member): Promise<SyncAnswer> {
    member.syncing?.(refuseSync(errorCodes.rebalanceInProgress));
    return new Promise((resolve) => (member.syncing = resolve));
  }

  assign(assignments: ReadonlyMap<string, Buffer>): void {
    this.state = 'Stable';
    for (const member of this.members.values()) {
      member.assignment = assignments.get(member.id) ?? Buffer.alloc(0);
      member.syncing?.(this.syncAnswer(member));
      member.syncing = undefined;
    }
  }

  remove(member: Member): void {
    this.drop(member);
    if (this.state === 'PreparingRebalance') this.completeJoinWhenAllAreHere();
    else this.prepareRebalance();
  }

  /** Restarts the session timeout of the member. */
  keepAlive(member: Member): void {
    clearTimeout(member.session);
    member.session = setTimeout(() => this.expire(member), member.sessionTimeout);
  }

  /** Clears all timers; waiting requests stay unanswered. */
  close(): void {
    clearTimeout(this.rebalanceTimer);
    clearTimeout(this.syncTimer);
    for (const timer of this.expected.values()) clearTimeout(timer);
    for (const { session } of this.members.values()) clearTimeout(session);
  }

  /** A member with a waiting request is alive, however old its last heartbeat is. */
  private expire(member: Member): void {
    if (member.joining || member.syncing) this.keepAlive(member);
    else this.remove(member);
  }

  private prepareRebalance(): void {
    if (this.state !== 'PreparingRebalance') {
      this.refuseSyncs();
      this.state = 'PreparingRebalance';
      clearTimeout(this.syncTimer);
      this.waitForJoins();
    }
    this.completeJoinWhenAllAreHere();
  }

  private waitForJoins(atLeast = 0): void {
    const wait = Math.max(atLeast, this.rebalanceTimeout());
    this.rebalanceTimer = setTimeout(() => this.completeJoin(), wait);
  }

  private completeJoinWhenAllAreHere(): void {
    if (this.state !== 'PreparingRebalance' || this.expected.size > 0) return;
    if ([...this.members.values()].every(({ joining }) => joining)) this.completeJoin();
  }

  /**
   * Starts the next generation with the members that joined. Static members that did not join stay until their sessions end.
   */
  private completeJoin(): void {
    clearTimeout(this.rebalanceTimer);
    for (const member of this.members.values()) {
      if (!member.joining && member.instanceId === null) this.drop(member);
    }
    const members = [...this.members.values()];
    const joined = members.filter(({ joining }) => joining);
    if (joined.length === 0 && members.length > 0) return this.waitForJoins(MIN_WAIT_MS);
    if (!joined.some(({ id }) => id === this.leaderId)) this.leaderId = joined[0]?.id ?? '';
    this.number++;
    this.protocol = electProtocol(members);
    this.state = members.length === 0 ? 'Empty' : 'CompletingRebalance';
    for (const member of members) {
      member.joining?.(this.joinAnswer(member));
      member.joining = undefined;
      member.assignment = Buffer.alloc(0);
      this.keepAlive(member);
    }
    if (members.length > 0) this.syncTimer = setTimeout(() => this.dropUnsynced(), this.rebalanceTimeout());
  }

  private dropUnsynced(): void {
    if (this.state !== 'CompletingRebalance') return;
    for (const member of this.members.values()) if (!member.syncing) this.drop(member);
    this.prepareRebalance();
  }

  private refuseSyncs(): void {
    for (const member of this.members.values()) {
      member.syncing?.(refuseSync(errorCodes.rebalanceInProgress));
      member.syncing = undefined;
    }
  }

  private drop(member: Member): void {
    clearTimeout(member.session);
    this.members.delete(member.id);
    member.joining?.(refuseJoin(errorCodes.unknownMemberId, member.id));
    member.syncing?.(refuseSync(errorCodes.unknownMemberId));
    if (this.leaderId === member.id) this.leaderId = this.members.keys().next().value ?? '';
  }

  private rebalanceTimeout(): number {
    return Math.max(0, ...Array.from(this.members.values(), (member) => member.rebalanceTimeout));
  }
}

import type { ErrorCode } from '../protocol/error-codes.ts';

export interface GroupProtocol {
  name: string;
  metadata: Buffer;
}

/** The sender of a request. */
export interface MemberIdentity {
  memberId: string;
  /** The name that a static member keeps across restarts (KIP-345); null for a dynamic member. */
  instanceId: string | null;
}

/** A member and the generation that it believes to be current. */
export interface Membership extends MemberIdentity {
  generation: number;
}

export interface JoinRequest extends MemberIdentity {
  groupId: string;
  clientId: string;
  clientHost: string;
  /** The time without a heartbeat after which the member is removed, in ms. */
  sessionTimeout: number;
  /** The time in which the member must rejoin after the group rebalances, in ms. */
  rebalanceTimeout: number;
  protocolType: string;
  protocols: GroupProtocol[];
  /** Whether a new member gets its id before it joins (KIP-394). */
  requiresKnownId: boolean;
  /** Whether a leader that returns understands that there is nothing to assign (KIP-814). */
  knowsSkipping: boolean;
}

export interface JoinAnswer {
  error: ErrorCode;
  generation: number;
  /** Type and protocol are null if the JoinGroup is refused. */
  protocolType: string | null;
  protocol: string | null;
  leaderId: string;
  memberId: string;
  /** Tells the leader that the group keeps its assignments. */
  skipsAssignment?: boolean;
  members: { memberId: string; instanceId: string | null; metadata: Buffer }[];
}

export interface SyncRequest extends Membership {
  /** The protocol that the member assumes; older clients do not send it (KIP-559). */
  protocol?: Nullable<SpokenProtocol> | undefined;
  /** From the leader, by member id. */
  assignments: ReadonlyMap<string, Buffer>;
}

/** The protocol type of a group, such as 'consumer', and the protocol that its members elected. */
export interface SpokenProtocol {
  type: string;
  name: string;
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

export interface SyncAnswer {
  error: ErrorCode;
  /** Undefined if the SyncGroup is refused. */
  protocol?: SpokenProtocol;
  assignment: Buffer;
}

export interface Member {
  readonly id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly protocolType: string;
  sessionTimeout: number;
  rebalanceTimeout: number;
  protocols: GroupProtocol[];
  assignment: Buffer;
  /** Answers the JoinGroup that waits for the other members. */
  joining?: ((answer: JoinAnswer) => void) | undefined;
  /** Answers the SyncGroup that waits for the leader. */
  syncing?: ((answer: SyncAnswer) => void) | undefined;
  session?: NodeJS.Timeout | undefined;
}

export function createMember(id: string, request: JoinRequest): Member {
  const { instanceId, clientId, clientHost, protocolType } = request;
  const { sessionTimeout, rebalanceTimeout, protocols } = request;
  return {
    id,
    instanceId,
    clientId,
    clientHost,
    protocolType,
    sessionTimeout,
    rebalanceTimeout,
    protocols,
    assignment: Buffer.alloc(0),
  };
}

/** The metadata of a member determines the assignment, so a change needs a rebalance. */
export function hasSameProtocols(member: Member, protocols: readonly GroupProtocol[]): boolean {
  return (
    member.protocols.length === protocols.length &&
    member.protocols.every(
      (own, i) => own.name === protocols[i]!.name && own.metadata.equals(protocols[i]!.metadata),
    )
  );
}

/** The protocols that every member speaks. */
export function commonProtocols(members: readonly Member[]): Set<string> {
  const [first, ...others] = members;
  const names = first?.protocols.map(({ name }) => name) ?? [];
  const isCommon = (name: string): boolean =>
    others.every(({ protocols }) => protocols.some((protocol) => protocol.name === name));
  return new Set(names.filter(isCommon));
}

/** Every member votes for the first common protocol of its own list; the most votes win. */
export function electProtocol(members: readonly Member[]): string {
  const common = commonProtocols(members);
  const votes = new Map<string, number>();
  for (const { protocols } of members) {
    const vote = protocols.find(({ name }) => common.has(name))?.name ?? '';
    votes.set(vote, (votes.get(vote) ?? 0) + 1);
  }
  return [...votes].reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0])[0];
}

export function metadataFor(member: Member, protocol: string): Buffer {
  return member.protocols.find(({ name }) => name === protocol)?.metadata ?? Buffer.alloc(0);
}

/** The answer to a refused JoinGroup. */
export function refuseJoin(error: ErrorCode, memberId: string): JoinAnswer {
  return { error, memberId, generation: -1, protocolType: null, protocol: null, leaderId: '', members: [] };
}

/** The answer to a refused SyncGroup. */
export function refuseSync(error: ErrorCode): SyncAnswer {
  return { error, assignment: Buffer.alloc(0) };
}

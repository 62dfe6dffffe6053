import type { ErrorCode } from '../protocol/error-codes.ts';

export interface GroupProtocol {
  name: string;
  metadata: Buffer;
}

/** Who a request comes from. */
export interface MemberIdentity {
  memberId: string;
  /** The name that a static member keeps when it comes back (KIP-345); null from a dynamic one. */
  instanceId: string | null;
}

/** A member as it knows itself. */
export interface Membership extends MemberIdentity {
  generation: number;
}

export interface JoinRequest extends MemberIdentity {
  groupId: string;
  clientId: string;
  clientHost: string;
  /** Milliseconds without a heartbeat after which the member is out. */
  sessionTimeout: number;
  /** Milliseconds in which the member must join again when the group rebalances. */
  rebalanceTimeout: number;
  protocolType: string;
  protocols: GroupProtocol[];
  /** Whether a new member is first told its id (KIP-394). */
  requiresKnownId: boolean;
  /** Whether a leader that comes back can be told that there is nothing to assign (KIP-814). */
  knowsSkipping: boolean;
}

export interface JoinAnswer {
  error: ErrorCode;
  generation: number;
  /** Neither a type nor a protocol where the JoinGroup is refused. */
  protocolType: string | null;
  protocol: string | null;
  leaderId: string;
  memberId: string;
  /** To the leader: the group keeps its assignments. */
  skipsAssignment?: boolean;
  members: { memberId: string; instanceId: string | null; metadata: Buffer }[];
}

export interface SyncRequest extends Membership {
  /** What the member believes the group to speak; older clients do not say it (KIP-559). */
  protocol?: Nullable<SpokenProtocol> | undefined;
  /** From the leader, by member id. */
  assignments: ReadonlyMap<string, Buffer>;
}

/** What a group speaks: the type, such as 'consumer', and the protocol that its members elected. */
export interface SpokenProtocol {
  type: string;
  name: string;
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

export interface SyncAnswer {
  error: ErrorCode;
  /** Missing where the SyncGroup is refused. */
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
  /** Answers the JoinGroup that waits for the others. */
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

/** What a member joins with decides the assignment: a change of it needs a rebalance. */
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

/** The answer to a JoinGroup that is refused. */
export function refuseJoin(error: ErrorCode, memberId: string): JoinAnswer {
  return { error, memberId, generation: -1, protocolType: null, protocol: null, leaderId: '', members: [] };
}

/** The answer to a SyncGroup that is refused. */
export function refuseSync(error: ErrorCode): SyncAnswer {
  return { error, assignment: Buffer.alloc(0) };
}

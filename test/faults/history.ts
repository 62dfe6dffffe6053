/** A transfer that was committed, as the sender's database has it. */
export interface Sent {
  transfer: string;
  account: string;
  sequence: number;
  recipient: string;
  amount: number;
  poisoned: boolean;
  sentAt: number;
}

/** A transfer that was credited, as the receiver's database has it. */
export interface Handled extends Sent {
  /** Grows with every credit in one database. */
  place: number;
  topic: string;
  partition: number;
  handledAt: number;
}

export interface FaultRecord {
  kind: string;
  target: string;
  /** Milliseconds of the epoch. */
  begun: number;
  ended: number;
}

/** The complete record of a campaign, after everything has come to rest; times are in ms since the epoch. */
export interface History {
  sent: Sent[];
  handled: Handled[];
  /** Transfers that were published in transactions which were then rolled back. */
  rolledBack: string[];
  /** The total of the money at the start and at the end. */
  money: { before: number; after: number };
  faults: FaultRecord[];
  /** The times at which all faults were over, from which the flow had to recover. */
  calms: number[];
}

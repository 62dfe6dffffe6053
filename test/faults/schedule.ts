import { createRandom, type Random } from './random.ts';

export const faultKinds = [
  /** SIGKILL of a replica. */
  'kill',
  /** SIGSTOP of a replica, then SIGCONT. */
  'pause',
  /** SIGKILL of a broker, then its restart. */
  'broker kill',
  /** SIGKILL of the leader of a partition while it answers a produce request, then its restart. */
  'leader kill',
  /** Immediate shutdown of PostgreSQL, then its restart. */
  'postgres stop',
  /** Connections to PostgreSQL or a broker are reset, new ones too. */
  'cut',
  /** Nothing passes, and nothing closes. */
  'half-open',
  /** All traffic is delayed. */
  'delay',
  /** Requests arrive, answers are dropped. */
  'swallow',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  kind: FaultKind;
  /** The index of the replica, broker, partition, PostgreSQL or link, modulo their number. */
  target: number;
  /** Milliseconds after the start of its wave. */
  after: number;
  /** Milliseconds. */
  lasts: number;
  /** Milliseconds, of `delay`. */
  delay: number;
}

/** Faults that overlap; the next wave comes when the flow has recovered. */
export type Wave = Fault[];

export interface ScheduleOptions {
  seed: number;
  /** The minimum number; each kind has the same number. */
  faults: number;
  kinds?: readonly FaultKind[];
  /** How long a replica is paused; the session timeout of a group is 10 s. */
  pause?: number;
}

const waveSize = 3;
const brokerKinds: readonly FaultKind[] = ['broker kill', 'leader kill'];
const linkKinds: readonly FaultKind[] = ['cut', 'half-open', 'delay', 'swallow'];
export const links = 5;

const lasting: Record<FaultKind, readonly [from: number, to: number]> = {
  kill: [200, 3_000],
  pause: [0, 0],
  'broker kill': [2_000, 8_000],
  'leader kill': [2_000, 8_000],
  'postgres stop': [500, 6_000],
  cut: [500, 4_000],
  'half-open': [8_000, 15_000],
  delay: [5_000, 12_000],
  swallow: [4_000, 12_000],
};

/** Draws waves of faults; the same options give the same waves. */
export function drawSchedule({ seed, faults, kinds = faultKinds, pause = 40_000 }: ScheduleOptions): Wave[] {
  const random = createRandom(seed);
  const each = Math.ceil(faults / kinds.length);
  const all = random.shuffle(kinds.flatMap((kind) => Array.from({ length: each }, () => kind)));
  const waves: Wave[] = [];
  for (const kind of all) {
    const fault = drawFault(kind, random, pause);
    const wave = waves.find((open) => open.length < waveSize && mayOverlap(fault, open));
    if (wave) wave.push(fault);
    else waves.push([fault]);
  }
  return waves;
}

function drawFault(kind: FaultKind, random: Random, pause: number): Fault {
  const [from, to] = lasting[kind];
  return {
    kind,
    target: random.between(0, 60),
    after: random.between(0, 3_000),
    lasts: kind === 'pause' ? pause : random.between(from, to),
    delay: random.between(200, 2_001),
  };
}

/** Never two brokers down at a time, never two of a kind, never two faults of one link. */
function mayOverlap(fault: Fault, wave: Wave): boolean {
  const isIn = (kinds: readonly FaultKind[]) => kinds.includes(fault.kind);
  return wave.every(
    (other) =>
      other.kind !== fault.kind &&
      !(isIn(brokerKinds) && brokerKinds.includes(other.kind)) &&
      !(isIn(linkKinds) && linkKinds.includes(other.kind) && other.target % links === fault.target % links),
  );
}

/** A schedule as readable text. */
export const scheduleText = (waves: readonly Wave[]): string =>
  waves.map((wave, index) => `      wave ${index + 1}: ${wave.map(faultText).join(', ')}`).join('\n');

function faultText({ kind, target, after, lasts, delay }: Fault): string {
  const by = kind === 'delay' ? ` by ${delay} ms` : '';
  return `${kind}${by} of ${target} after ${after} for ${lasts} ms`;
}

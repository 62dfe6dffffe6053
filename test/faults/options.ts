import { randomInt } from 'node:crypto';

/** The options of a campaign; scripts/faults.ts sets the variables from its flags. */
export interface FaultOptions {
  /** A campaign for CI: minutes instead of half an hour. */
  short: boolean;
  seed: number;
  /** The minimum number of events. */
  events: number;
  /** The minimum number of faults, equally many of each kind. */
  faults: number;
  /** Transfers per second. */
  rate: number;
  /** A part of the campaign that takes longer has failed. */
  minutes: number;
  /** The number of deaths at each failpoint. */
  deaths: number;
  /** Milliseconds that a replica is stopped; a group misses its member after 10,000. */
  pause: number;
  /** Milliseconds without any broker. */
  kafkaOutage: number;
}

export function readOptions(environment: NodeJS.ProcessEnv): FaultOptions {
  const short = environment.FAULTS_SHORT === 'true';
  const number = (name: string, whole: number, inShort: number) =>
    Number(environment[name] ?? (short ? inShort : whole));
  return {
    short,
    seed: number('FAULTS_SEED', randomInt(1_000_000), randomInt(1_000_000)),
    events: number('FAULTS_EVENTS', 100_000, 10_000),
    faults: number('FAULTS_FAULTS', 60, 9),
    rate: number('FAULTS_RATE', 80, 60),
    minutes: number('FAULTS_MINUTES', 60, 12),
    deaths: short ? 1 : 3,
    pause: short ? 15_000 : 40_000,
    kafkaOutage: short ? 20_000 : 60_000,
  };
}

/** The command that repeats the campaign. */
export const replayCommand = ({ short, seed, events, faults }: FaultOptions): string =>
  `npm run test:faults -- --seed ${seed} --events ${events} --faults ${faults}${short ? ' --short' : ''}`;

import { waitFor } from '../../src/devkit/testing/wait-for.ts';
import { dieAtAll, type CrashPoints } from './crash-points.ts';
import type { History } from './history.ts';
import { inject } from './inject.ts';
import { comeToRest, countSent, flows, recovered } from './rest.ts';
import { drawSchedule, type FaultKind, type Wave } from './schedule.ts';
import { judge, type Verdict } from './verdict.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

export interface CampaignOptions extends WorldOptions {
  seed: number;
  /** At least so many are sent. */
  events: number;
  /** Transfers a second, of all processes together; 100 by default. */
  rate?: number;
  /** One of each; waves of up to three at a time. None by default. */
  faults?: readonly FaultKind[];
  /** Replicas are killed at each of these failpoints, so many times. */
  crashPoints?: CrashPoints;
  /** How long a replica is paused. */
  pause?: number;
  /** When nothing has moved for so many milliseconds, what is missing counts as lost. */
  patience?: number;
  /** How long the flow may take to recover, in milliseconds. */
  recovery?: number;
}

export interface CampaignReport {
  verdict: Verdict;
  history: History;
  /** How often a process said that it hit the failpoint, and died of it. */
  hits: Record<string, number>;
  /** What failed on the way, such as a flow that did not recover. */
  problems: string[];
}

/** A small campaign in a world of its own: faults, then crash points, then rest, then the verdict. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const {
    seed,
    events,
    rate = 100,
    faults = [],
    crashPoints = {},
    pause,
    patience = 20_000,
    recovery,
  } = options;
  const world = await openWorld(options);
  const problems: string[] = [];
  let hits: Record<string, number> = {};
  const attempt = (work: Promise<unknown>) =>
    work.catch((error: unknown) => void problems.push(String(error)));
  try {
    world.setRate(rate);
    await attempt(flows(world, recovery));
    if (faults.length > 0) {
      const waves = drawSchedule({ seed, faults: faults.length, kinds: faults, pause });
      await attempt(runWaves(world, waves, recovery));
    }
    await attempt(dieAtAll(world, crashPoints, seed).then((hit) => (hits = hit)));
    await attempt(
      waitFor(async () => (await countSent(world)) >= events, { timeout: 10_000 + (2_000 * events) / rate }),
    );
    await comeToRest(world, patience);
    const history = await world.history();
    const crashes = world.replicas.flatMap((replica) => replica.crashes());
    problems.push(
      ...crashes.map(
        ({ code, signal, errors }) => `a process ended by itself (${code ?? signal}): ${errors}`,
      ),
    );
    return { verdict: judge(history), history, hits, problems };
  } finally {
    await world.close();
  }
}

/** The faults of a wave overlap; the next wave begins when the flow has recovered. */
export async function runWaves(world: World, waves: readonly Wave[], recovery?: number): Promise<void> {
  for (const wave of waves) {
    await Promise.all(wave.map((fault) => inject(world, fault)));
    await recovered(world, recovery);
  }
}

import { inject } from './inject.ts';
import { recovered } from './rest.ts';
import type { Wave } from './schedule.ts';
import type { World } from './world.ts';

/** The faults of a wave overlap; the next wave starts when the flow has recovered, which is reported to `told`. */
export async function runWaves(
  world: World,
  waves: readonly Wave[],
  told: (wave: number, recovery: number) => void,
): Promise<void> {
  for (const [index, wave] of waves.entries()) {
    await Promise.all(wave.map((fault) => inject(world, fault)));
    const calm = Date.now();
    await recovered(world);
    told(index + 1, Date.now() - calm);
  }
}

import { mergeService } from '../../test/generators/corpus/outcomes.ts';
import { ownerFormat } from '../../test/generators/corpus/owner-format.ts';
import type { Merge } from './merges.ts';

/** Resolves to the texts that create-microservice merges. */
export async function mergeWithOurs(merges: readonly Merge[]): Promise<string[]> {
  const texts: string[] = [];
  for (const { file, base, next, disk, owner } of merges) {
    const [before, after, mine] = [base, next, disk].map((text) => new Map([[file, text]]));
    const sides = { base: before!, next: after!, disk: mine! };
    const { outcomes } = await mergeService(sides, await ownerFormat(owner));
    texts.push(outcomes[0]?.text ?? disk);
  }
  return texts;
}

import { errorMessage } from '../../errors.ts';
import type { DevPart } from './dev-part.ts';

/** What serves an address at the moment. */
export interface Serving {
  /** How the user reaches it, and whose it is. */
  description: string;
  /** Resolves when it is gone and another one may take its place; absent for a server that is no business of ours. */
  gone?: Promise<void>;
  /** Ends what we started; does nothing to what we found. */
  stop: () => Promise<void>;
}

/**
 * Keeps an address served: when what serves it is gone, `serve` is asked again, and `say` is told who does it now. `lost`
 * of the part resolves to the reason when that is impossible.
 */
export async function keepServing(
  serve: () => Promise<Serving>,
  say: (description: string) => void,
): Promise<DevPart> {
  let current = serve();
  const { description } = await current;
  let isStopping = false;

  async function replace(): Promise<void> {
    for (let serving = await current; serving.gone; serving = await current) {
      await serving.gone;
      if (isStopping) return;
      current = serve();
      say((await current).description);
    }
  }

  const lost = new Promise<string>((resolve) => {
    replace().catch((error: unknown) => resolve(errorMessage(error)));
  });
  const stop = async () => {
    isStopping = true;
    const serving = await current.catch(() => undefined);
    await serving?.stop();
  };
  return { description, lost, stop };
}

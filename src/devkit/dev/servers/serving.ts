import { errorMessage } from '../../errors.ts';
import type { StopMode } from '../../postgres/postgres.ts';
import type { DevPart, Tell } from './dev-part.ts';

/** The server that currently has an address. */
export interface Serving {
  /** The address for the user, and the owner of the server. */
  description: string;
  /** Resolves when the server is gone and may be replaced; undefined for a server that is not ours to replace. */
  gone?: Promise<void>;
  /** Stops a server that we started; does nothing to any other. */
  stop: (mode?: StopMode) => Promise<void>;
}

/**
 * Keeps an address served: when its server is gone, calls `serve` again and reports the new server to `say`. If that fails,
 * `lost` of the part resolves to the reason.
 */
export async function keepServing(serve: () => Promise<Serving>, say: Tell): Promise<DevPart> {
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
  const stop = async (mode?: StopMode) => {
    isStopping = true;
    const serving = await current.catch(() => undefined);
    await serving?.stop(mode);
  };
  return { description, lost, stop };
}

import net from 'node:net';
import type { Address } from '../environment/address.ts';

/** Resolves when the server hangs up or does not listen at all. */
export function untilServerCloses({ host, port }: Address): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.unref();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

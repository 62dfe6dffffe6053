import type { ServiceConfig } from 'microservice-runtime';
import { setTimeout as delay } from 'node:timers/promises';
import { findPortHolder, portHolderText } from '../../processes/port-holder.ts';
import { isListening } from '../environment/address.ts';
import { DevError } from '../environment/dev-error.ts';
import type { Tell } from './dev-part.ts';

/** The time for an existing listener to go away, in ms; a service that drains may take longer. */
const leavePatience = 1_500;
const drainPatience = 15_000;

export interface PortOptions {
  isStopping: () => boolean;
  /** Receives the process that is awaited. */
  say: Tell;
}

/**
 * Resolves when nothing listens on a service's ports. Waits for the service of a `dev` that was killed. Throws a DevError
 * that names a process which keeps a port. Gives up when `isStopping`.
 */
export async function portsFree(
  { port, managementPort = port }: ServiceConfig,
  options: PortOptions,
): Promise<void> {
  await portFree('PORT', port, options);
  if (managementPort !== port) await portFree('MANAGEMENT_PORT', managementPort, options);
}

/** Throws a DevError when two services listen on one port. */
export function assertPortsDiffer(services: { name: string; config: ServiceConfig }[]): void {
  const owners = new Map<number, string>();
  for (const { name, config } of services) {
    const ports = new Set([config.port, config.managementPort ?? config.port]);
    for (const port of [...ports].filter((each) => each !== 0)) {
      const owner = owners.get(port);
      if (owner)
        throw new DevError(`PORT is ${port} for both ${owner} and ${name}. Change one of the two in .env.`);
      owners.set(port, name);
    }
  }
}

async function portFree(variable: string, port: number, { isStopping, say }: PortOptions): Promise<void> {
  if (port === 0) return;
  const begun = performance.now();
  let isTold = false;
  while (!isStopping() && (await isListening({ host: 'localhost', port }))) {
    const holder = await findPortHolder(port);
    const isService = holder?.command.endsWith('src/main.ts');
    const limit = isService ? drainPatience : leavePatience;
    if (isService && !isTold) {
      isTold = true;
      const waits = `dev waits up to ${limit / 1_000} s for it to end`;
      say(`${variable}: process ${holder?.pid}, an earlier service, listens at localhost:${port}; ${waits}`);
    }
    if (performance.now() - begun > limit) {
      throw new DevError(
        `${variable}: ${await portHolderText(port)} listens at localhost:${port}. Stop it, or change ${variable} in .env.`,
      );
    }
    await delay(100);
  }
}

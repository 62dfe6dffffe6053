import { errorMessage } from '../../errors.ts';
import { DevError } from '../environment/dev-error.ts';
import { tsxOf } from './service-process.ts';
import type { Service } from './services.ts';

/** Why a service cannot start. */
export interface ServiceFault {
  name: string;
  error: unknown;
}

/** Throws if packages of a service are not installed; the error names all such services and their folders. */
export function assertInstalled(services: Service[]): void {
  const faults = services.flatMap(({ name, root }): ServiceFault[] => {
    try {
      tsxOf(root);
      return [];
    } catch (error) {
      return [{ name, error }];
    }
  });
  throwFaults(faults, services.length);
}

/**
 * Throws one error with a line for each fault; if only one service is selected, its own error. Does nothing without a fault.
 * @param count the number of selected services
 */
export function throwFaults(faults: ServiceFault[], count: number): void {
  if (faults.length === 0) return;
  if (count === 1) throw faults[0]?.error;
  const lines = faults.map(({ name, error }) => `\n  ${name}: ${errorMessage(error)}`);
  throw new DevError(`${faults.length} of ${count} services cannot start:${lines.join('')}`);
}

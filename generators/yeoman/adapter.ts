import { QueuedAdapter } from '@yeoman/adapter';
import type Generator from 'yeoman-generator';
import { printable } from '../core/terminal.ts';

export const createAdapter = (): QueuedAdapter => new QueuedAdapter();

type Adapter = Generator['env']['adapter'];
type Log = Adapter['log'];

const escaping = new WeakSet<Log>();

/** Makes `adapter` escape the terminal control characters in the differences that it shows, but not the colors of Yeoman. */
export function escapeDifferences(adapter: Adapter & { actualAdapter?: Adapter }): void {
  const { log } = adapter.actualAdapter ?? adapter;
  if (escaping.has(log)) return;
  escaping.add(log);
  const colored = log.colored.bind(log);
  log.colored = (parts) =>
    colored(parts.map(({ message, ...part }) => ({ ...part, message: shown(message) })));
}

/** Removes the CR of a Windows line ending, and escapes the rest. */
const shown = (message: string) => printable(message.replaceAll(/\r(?=\n|$)/g, ''));

import { QueuedAdapter } from '@yeoman/adapter';
import type Generator from 'yeoman-generator';
import { printable } from '../core/terminal.ts';

export const createAdapter = (): QueuedAdapter => new QueuedAdapter();

type Adapter = Generator['env']['adapter'];
type Log = Adapter['log'];

const escaping = new WeakSet<Log>();

/** From now on, the differences of files that `adapter` shows hold nothing that a terminal obeys but the colors of Yeoman. */
export function escapeDifferences(adapter: Adapter & { actualAdapter?: Adapter }): void {
  const { log } = adapter.actualAdapter ?? adapter;
  if (escaping.has(log)) return;
  escaping.add(log);
  const colored = log.colored.bind(log);
  log.colored = (parts) =>
    colored(parts.map(({ message, ...part }) => ({ ...part, message: shown(message) })));
}

/** Lines of Windows end with CR LF. */
const shown = (message: string) => printable(message.replaceAll(/\r(?=\n|$)/g, ''));

import { QueuedAdapter } from '@yeoman/adapter';
import { printable } from '../core/terminal.ts';

/** Yeoman's adapter, whose differences of files hold nothing that a terminal obeys but the colors of Yeoman. */
export function createAdapter(): QueuedAdapter {
  const adapter = new QueuedAdapter();
  const { log } = adapter.actualAdapter;
  const colored = log.colored.bind(log);
  log.colored = (parts) =>
    colored(parts.map(({ message, ...part }) => ({ ...part, message: shown(message) })));
  return adapter;
}

/** Lines of Windows end with CR LF. */
const shown = (message: string) => printable(message.replaceAll(/\r(?=\n|$)/g, ''));

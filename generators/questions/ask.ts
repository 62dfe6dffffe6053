import type { QueuedAdapter } from '@yeoman/adapter';
import type { Ask, Prompt } from './question.ts';
import { printable } from '../core/terminal.ts';

/** Asks through Yeoman's adapter. */
export function createAsk(adapter: Pick<QueuedAdapter, 'prompt'>): Ask {
  const one = async <Value>(question: Prompt): Promise<Value> => {
    const { answer } = await adapter.prompt<{ answer: Value }>({
      ...shown(question),
      name: 'answer',
    } as never);
    return answer;
  };
  return {
    text: (prompt) => one({ ...prompt, type: 'input' }),
    confirm: (prompt) => one({ ...prompt, type: 'confirm' }),
    choose: (prompt) => one({ ...prompt, type: 'select' }),
    chooseSome: (prompt) => one({ ...prompt, type: 'checkbox' }),
  };
}

/** Names in a question may come from other people's contracts. */
const shown = ({ message, choices, ...rest }: Prompt) => ({
  ...rest,
  message: printable(message),
  ...(choices && { choices: choices.map(({ name, value }) => ({ name: printable(name), value })) }),
});

import type { QueuedAdapter } from '@yeoman/adapter';
import type { Ask, Prompt } from './question.ts';

/** Asks through Yeoman's adapter. */
export function createAsk(adapter: Pick<QueuedAdapter, 'prompt'>): Ask {
  const one = async <Value>(question: Prompt): Promise<Value> => {
    const { answer } = await adapter.prompt<{ answer: Value }>({ ...question, name: 'answer' } as never);
    return answer;
  };
  return {
    text: (prompt) => one({ ...prompt, type: 'input' }),
    confirm: (prompt) => one({ ...prompt, type: 'confirm' }),
    choose: (prompt) => one({ ...prompt, type: 'select' }),
    chooseSome: (prompt) => one({ ...prompt, type: 'checkbox' }),
  };
}

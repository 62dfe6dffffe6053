import type { QueuedAdapter } from '@yeoman/adapter';
import type { Ask, Prompt } from './question.ts';
import { printable } from '../core/terminal.ts';

/** The narrowest width to which a question is fitted. */
const NARROWEST = 40;

/**
 * Asks through Yeoman's adapter.
 * @param columns the width of the terminal
 */
export function createAsk(
  adapter: Pick<QueuedAdapter, 'prompt'>,
  columns = (): number => process.stdout.columns || 80,
): Ask {
  const one = async <Value>(question: Prompt): Promise<Value> => {
    const { answer } = await adapter.prompt<{ answer: Value }>({
      ...shown(question, Math.max(NARROWEST, columns()) - '? '.length),
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
const shown = ({ message, choices, validate, ...rest }: Prompt, width: number) => ({
  ...rest,
  message: fitted(printable(message), width),
  ...(choices && { choices: choices.map(({ name, value }) => ({ name: printable(name), value })) }),
  ...(validate && { validate: (value: string) => fault(validate(value), width) }),
});

const fault = (checked: true | string, width: number) =>
  checked === true ? checked : fitted(printable(checked), width);

/** Breaks long lines at spaces, since Inquirer breaks them inside of a word. */
const fitted = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => fittedLine(line, width, line.search(/\S|$/) + 2))
    .join('\n');

/** @param indent the indentation of all lines but the first */
function fittedLine(line: string, width: number, indent: number): string {
  const end = line.lastIndexOf(' ', width);
  if (line.length <= width || end < line.search(/\S/)) return line;
  const rest = ' '.repeat(indent) + line.slice(end + 1);
  return `${line.slice(0, end)}\n${fittedLine(rest, width, indent)}`;
}

import { UsageError } from '../../core/usage-error.ts';
import { kebabFault } from '../../outside/kebab-case.ts';
import type { Command } from './call/command.ts';
import { missing } from './call/spelling.ts';

const example = 'command recalculate-totals';

const fault = (name: string) => kebabFault(name, 'the name of the command');

/** The command `command`: a program of the owner that runs once, beside the service. */
export const ownCommand: Command = {
  name: 'command',
  words: '<name>',
  mostWords: 1,
  description: 'a command that runs once with the database and the bus of the service, with its test',
  flags: [],
  examples: [[example, 'adds src/commands/recalculate-totals.ts, for microservice-runtime run']],
  parts: {
    namesIn: ({ commands }) => commands.map(({ name }) => name),
    without: (answers, name) => ({
      ...answers,
      commands: answers.commands.filter((each) => each.name !== name),
    }),
  },
  async change(answers, { words: [word], ask, context }) {
    const name = word ?? (await ask?.text({ message: 'Its name', validate: (text) => fault(text) ?? true }));
    if (name === undefined) throw missing('the command needs a name', example);
    const found = fault(name);
    if (found !== undefined) throw new UsageError(found);
    if (answers.commands.some((each) => each.name === name))
      throw new UsageError(`the service has the command "${name}" already; choose another name`);
    context.notes.push(`Fill it in, and run it beside the service: npx microservice-runtime run ${name}`);
    return { ...answers, commands: [...answers.commands, { name }] };
  },
};

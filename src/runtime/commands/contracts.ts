import path from 'node:path';
import { parseArgs } from 'node:util';
import { CONTRACT_FILE, contractText } from '../contracts/contract-text.ts';
import { CommandError, type Command } from './input/command.ts';
import { writeText, writtenText } from './output/written-text.ts';
import { print } from '../logging/terminal.ts';

export const contractsCommand: Command = {
  summary: `writes ${CONTRACT_FILE}: the events that the service publishes and consumes`,
  flags: { '--check': `writes nothing, and fails if ${CONTRACT_FILE} differs from the code` },
  async run(args, root) {
    const { check } = parseArgs({ args, options: { check: { type: 'boolean' } } }).values;
    const file = path.join(root, CONTRACT_FILE);
    const [text, written] = await Promise.all([contractText(root), writtenText(file)]);
    if (text === written) {
      print(`${CONTRACT_FILE} is up to date`);
    } else if (check) {
      const seen = written === undefined ? 'does not exist' : 'differs from src/events/contracts.ts';
      throw new CommandError(`${CONTRACT_FILE} ${seen}; run microservice-runtime contracts, and commit it`);
    } else {
      await writeText(file, text);
      print(`wrote ${CONTRACT_FILE}`);
    }
  },
};

import path from 'node:path';
import { parseArgs } from 'node:util';
import { CONTRACT_FILE, contractText } from '../contracts/contract-text.ts';
import { API_FILE, openApiText } from '../contracts/open-api-text.ts';
import { CommandError, type Command } from './input/command.ts';
import { writeText, writtenText } from './output/written-text.ts';
import { print } from '../logging/terminal.ts';

export const contractsCommand: Command = {
  summary: `writes ${CONTRACT_FILE} and ${API_FILE}: the events and the HTTP operations of the service`,
  flags: { '--check': 'writes nothing, and fails if a file differs from the code' },
  async run(args, root) {
    const { check } = parseArgs({ args, options: { check: { type: 'boolean' } } }).values;
    const contracts = await Promise.all([eventContract(root), httpContract(root)]);
    for (const contract of contracts.filter((each) => each !== undefined)) {
      if (contract.text === contract.written) print(`${contract.name} is up to date`);
      else if (check && isExpected(contract)) throw stale(contract);
      else if (check) print(`${contract.name} does not exist yet; microservice-runtime contracts writes it`);
      else {
        await writeText(path.join(root, contract.name), contract.text);
        print(`wrote ${contract.name}`);
      }
    }
    setTimeout(() => process.exit(), LINGER).unref();
  },
};

/** A connection that the service's own code opens must not keep the process running for longer, in ms. */
const LINGER = 1_000;

interface Contract {
  name: string;
  /** The text according to the code. */
  text: string;
  /** The text of the file; undefined if it does not exist. */
  written: string | undefined;
  /** The code from which the text comes. */
  source: string;
}

/** The generator writes the first asyncapi.json, but only the service's own code can write openapi.json. */
const isExpected = ({ name, written }: Contract): boolean => written !== undefined || name === CONTRACT_FILE;

async function eventContract(root: string): Promise<Contract> {
  const [text, written] = await Promise.all([
    contractText(root),
    writtenText(path.join(root, CONTRACT_FILE)),
  ]);
  return { name: CONTRACT_FILE, text, written, source: 'src/events/contracts.ts' };
}

async function httpContract(root: string): Promise<Contract | undefined> {
  const text = await openApiText(root);
  if (text === undefined) return undefined;
  const written = await writtenText(path.join(root, API_FILE));
  return { name: API_FILE, text, written, source: 'the routes in src/app.ts' };
}

function stale({ name, written, source }: Contract): CommandError {
  const seen = written === undefined ? 'does not exist' : `differs from ${source}`;
  return new CommandError(`${name} ${seen}; run microservice-runtime contracts, and commit it`);
}

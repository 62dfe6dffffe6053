import { printable, printShown } from '../../terminal.ts';
import { colorOfName, painted, sgr, showsColors } from './colors.ts';
import type { Display, ServiceRow } from './output.ts';
import { fittingTable } from './table.ts';
import { createTerminalLines, terminalColumns } from './terminal-lines.ts';
import { type Counts, createTerminalService } from './terminal-service.ts';

export interface TerminalOptions {
  services: { name: string; root: string }[];
  isOwnFolder: boolean;
  /** Whether a table shows the addresses; if not, lines show them. */
  hasTable: boolean;
}

/**
 * The output for a terminal: one table when everything runs, then one readable line for each event, and a summary at the end.
 */
export function createTerminalDisplay({ services, isOwnFolder, hasTable }: TerminalOptions): Display {
  const begun = performance.now();
  const width = Math.max(...services.map(({ name }) => name.length), 'dev'.length);
  const linesOf = (name: string, index: number) =>
    createTerminalLines(isOwnFolder ? '' : name.padEnd(width), colorOfName(index));
  const skip = (): void => undefined;
  const created = services.map(({ name, root }, index) => {
    const lines = linesOf(name, index);
    return [name, createTerminalService(root, lines, hasTable ? skip : plainly(lines.print))] as const;
  });
  const ownLines = linesOf('dev', services.length);
  const dev = createTerminalService('/', ownLines, hasTable ? skip : plainly(ownLines.print));
  const outputs = new Map(created);
  const all = created.map(([, { counts }]) => counts);
  return {
    dev,
    of: (name) => outputs.get(name) ?? dev,
    start: () => dev.say(`Starting ${services.map(({ name }) => name).join(', ')}; Ctrl-C stops everything`),
    table: (rows, kafka) => {
      printShown(startText(rows, kafka));
      for (const { name, problem } of rows) if (problem) outputs.get(name)?.await();
    },
    stopping() {
      printShown('\r'); // over the ^C that the terminal shows
      dev.say('Stopping; Ctrl-C again ends everything at once');
    },
    end: () => dev.say(summaryText(performance.now() - begun, all)),
  };
}

const plainly =
  (print: (text: string) => void) =>
  (line: string): void =>
    print(line.replaceAll(/ {2,}/g, ' '));

const problems = { ended: '(ended)', late: '(no answer yet)' };

/** The usual folder of the data, for which the table has no room. */
const ownData = /, \S*\.microservice\S*$/;

function startText(services: ServiceRow[], kafka: string): string {
  const rows = services.map(({ name, url, problem, database }) => {
    const { address, owner } = partsOf(database);
    const documentation = problem ? '' : `${url}/docs`;
    return [
      name,
      problem ? problems[problem] : url,
      address.replace(/^postgres:\/\/[^@]*@/, ''),
      owner.replace(ownData, ''),
      documentation,
    ];
  });
  const header = ['service', 'address', 'PostgreSQL', 'server', 'documentation'];
  const [head = '', ...body] = fittingTable([header, ...rows], terminalColumns() - 2);
  const { address, owner } = partsOf(kafka);
  const bold = showsColors() ? painted(head, sgr.bold) : head;
  const lines = ['', bold, ...body.map(printable), '', `Kafka ${printable(`${address}, ${owner}`)}`];
  const documentation = head.endsWith('documentation') ? '' : 'The documentation of a service is at /docs. ';
  return `${[...lines, `${documentation}Ctrl-C stops everything.`, '']
    .map((line) => (line ? `  ${line}` : ''))
    .join('\n')}\n`;
}

/** Splits a description into the address, and the text in parentheses up to the first comma. */
function partsOf(description: string): { address: string; owner: string } {
  const [, address = description, text = ''] = /^(\S+) \((.*)\)$/.exec(description) ?? [];
  return { address, owner: text };
}

function summaryText(duration: number, all: readonly Counts[]): string {
  const sum = (name: keyof Counts): number => all.reduce((total, counts) => total + counts[name], 0);
  const parts = [
    countText(sum('requests'), 'request'),
    countText(sum('errors'), 'error'),
    countText(sum('restarts'), 'restart'),
  ];
  return `Stopped after ${durationText(duration)}: ${parts.join(', ')}. The data is kept.`;
}

const countText = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

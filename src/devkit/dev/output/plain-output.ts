import { printable, printableLine, printShown } from '../../terminal.ts';
import { colorOfName, painted, sgr, showsColors } from './colors.ts';
import type { Display, Output, ServiceRow } from './output.ts';
import { readLines } from './stream-lines.ts';
import { tableLines } from './table.ts';

/** The colors of levels in a service's log lines. */
const levelColors: [RegExp, number][] = [
  [/^{"level":"warn"/, sgr.yellow],
  [/^{"level":"(error|fatal)"/, sgr.red],
];

/**
 * The output for a file, a pipe or another program: every line of the services, unchanged. With several services, each line has
 * the name of its service. A single one in the working directory prints its output itself.
 */
export function createPlainDisplay(names: string[], isOwnFolder: boolean): Display {
  const outputs = isOwnFolder ? undefined : createOutputs([...names, 'dev']);
  const own = createOwnOutput();
  const of = (name: string): Output => outputs?.get(name) ?? own;
  const dev = of('dev');
  return {
    dev,
    of,
    start: () => undefined,
    table: (rows, kafka) => {
      if (!isOwnFolder) for (const line of tableOf(rows, kafka)) dev.say(line);
    },
    stopping: () => undefined,
    end: () => undefined,
  };
}

const problems = { ended: 'ended; see above', late: 'does not answer yet; see above' };

function tableOf(services: ServiceRow[], kafka: string): string[] {
  const rows = services.map(({ name, url, problem, database }) => {
    const documentation = problem ? problems[problem] : `${url}/docs`;
    return [name, url, documentation, addressOf(database)];
  });
  const header = ['service', 'address', 'documentation', 'PostgreSQL'];
  const all = [header, ...rows, ['Kafka', addressOf(kafka), '', '']];
  return ['', ...tableLines(all), '', 'Ctrl-C stops everything that dev started.'];
}

/** Returns the address of a description, without the text in parentheses. */
export const addressOf = (description: string): string => description.replace(/ \(.*$/, '');

/**
 * Prefixes each line with the name of its service. If the terminal supports colors, each name has its own, and warnings and
 * errors are colored too.
 */
export function createOutputs(names: string[], hasColors = showsColors()): Map<string, Required<Output>> {
  const width = Math.max(...names.map((name) => name.length));
  return new Map(
    names.map((name, index) => {
      const label = `${name.padEnd(width)} |`;
      if (!hasColors) return [name, createOutput((line) => `${label} ${line}`)];
      const shown = painted(label, colorOfName(index));
      return [name, createOutput((line) => `${shown} ${paintedByLevel(line)}`)];
    }),
  );
}

function paintedByLevel(line: string): string {
  const color = levelColors.find(([pattern]) => pattern.test(line))?.[1];
  return color ? painted(line, color) : line;
}

/** @param shown returns the text to print for a line */
export function createOutput(shown = (line: string): string => line): Required<Output> {
  const write = (line: string): void => printShown(`${shown(line)}\n`);
  return {
    ...createSteps((text) => write(printable(text))),
    pass: (stream) => readLines(stream, (line) => write(printableLine(line))),
  };
}

function createOwnOutput(): Output {
  return createSteps((text) => printShown(`${printable(text)}\n`));
}

/** The lines about a service's steps; the address of a service is printed once. */
function createSteps(say: (line: string) => void): Output {
  let isAnnounced = false;
  return {
    say,
    detail: say,
    changed: (file) => say(`Changed     ${file}; restarting`),
    answers: (url) => {
      if (!isAnnounced) say(`Service     ${url}  documentation ${url}/docs`);
      isAnnounced = true;
    },
    ended: (code, pause) =>
      say(`Ended       with ${code}; restarts in ${pause / 1_000} s, or when a file changes`),
  };
}

import { readdir } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median, printTable } from './figures.ts';
import type { Figures, Measurement } from './growth/support/measurement.ts';

/**
 * Measures what grows with the data of a service: `npx tsx bench/growth.ts [name...] [--against <checkout>] [--rounds 1]`. A
 * name is a file of bench/growth, and without a name all of them run. With `--against`, each round also measures another
 * built checkout; `ratio` is the median over the rounds of this checkout's figure by the other's.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string' }, rounds: { type: 'string', default: '1' } },
});
const own = path.join(import.meta.dirname, '..');
const other = values.against === undefined ? undefined : path.resolve(values.against);
const folder = path.join(import.meta.dirname, 'growth');

interface Round {
  other?: Figures;
  own: Figures;
}

async function namesOfAll(): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
  return files.map((file) => file.slice(0, -'.ts'.length)).toSorted();
}

/** Rounds alternate which checkout is first. */
async function roundOf({ measure }: Measurement, number: number): Promise<Round> {
  if (other === undefined) return { own: await measure(own) };
  if (number % 2 === 0) return { other: await measure(other), own: await measure(own) };
  return { own: await measure(own), other: await measure(other) };
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}

function print(rounds: Round[]): void {
  const names = [...new Set(rounds.flatMap((round) => Object.keys({ ...round.other, ...round.own })))];
  const rows = names.map((name) => {
    const after = rounds.map((round) => round.own[name] ?? Number.NaN);
    if (other === undefined) return [name, shown(median(after))];
    const before = rounds.map((round) => round.other?.[name] ?? Number.NaN);
    const ratios = after.map((value, index) => value / (before[index] ?? Number.NaN));
    return [name, shown(median(before)), shown(median(after)), shown(median(ratios))];
  });
  printTable(other === undefined ? ['', 'own'] : ['', 'other', 'own', 'ratio'], rows);
}

const load = loadavg()[0]?.toFixed(1);
console.log(
  `Node ${process.version}, ${cpus().length} cores, load average ${load}, ${values.rounds} rounds\n`,
);
for (const name of positionals.length > 0 ? positionals : await namesOfAll()) {
  const measurement: Measurement = await import(path.join(folder, `${name}.ts`));
  console.log(`${name}: ${measurement.sentence}`);
  const rounds: Round[] = [];
  while (rounds.length < Number(values.rounds)) rounds.push(await roundOf(measurement, rounds.length));
  print(rounds);
  console.log('');
}

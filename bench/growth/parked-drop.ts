import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Figures } from './support/measurement.ts';
import { withParked, type Parked } from './support/parked.ts';

const events = Number(process.env['EVENTS'] ?? 100_000);

export const sentence = `drop --with-queue of a key with ${events.toLocaleString('en')} parked events`;

/** Prints the most memory that the command has had, in KB, as the last line of standard error. */
const reporter = `data:text/javascript,process.on('exit', () => console.error(process.resourceUsage().maxRSS))`;

interface Run {
  megabytesPrinted: number;
  peak: number;
  seconds: number;
}

async function drop(checkout: string, { databaseUrl }: Parked, ...flags: string[]): Promise<Run> {
  const cli = path.join(checkout, 'src', 'runtime', 'dist', 'cli.js');
  const args = [
    '--import',
    reporter,
    cli,
    'parked',
    'drop',
    '--key',
    'key-1',
    '--with-queue',
    '--yes',
    ...flags,
  ];
  const variables = {
    SERVICE_NAME: 'growth',
    DATABASE_URL: databaseUrl,
    KAFKA_BOOTSTRAP_SERVERS: 'localhost:1',
  };
  const begun = performance.now();
  const child = spawn(process.execPath, args, { cwd: tmpdir(), env: { ...process.env, ...variables } });
  let printed = 0;
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => void (printed += bytes.length));
  child.stderr.on('data', (bytes: Buffer) => void (errors += bytes));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(errors);
  return {
    megabytesPrinted: printed / 1e6,
    peak: Number(errors.trim().split('\n').at(-1)) / 1_024,
    seconds: (performance.now() - begun) / 1_000,
  };
}

export const measure = (checkout: string): Promise<Figures> =>
  withParked(checkout, async (parked) => {
    const key = { keys: 1, events, bytes: 20, attempts: 1, dueIn: 3_600 };
    await parked.park(key);
    const text = await drop(checkout, parked);
    await parked.park(key);
    const json = await drop(checkout, parked, '--json');
    return {
      'text, MB printed': text.megabytesPrinted,
      'text, peak MB': text.peak,
      'text, seconds': text.seconds,
      '--json, MB printed': json.megabytesPrinted,
      '--json, peak MB': json.peak,
      '--json, seconds': json.seconds,
    };
  });

import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from '../core/is-running.ts';

/** The lock of this process; safe to release twice. */
export type Release = () => void;

/** A run writes within seconds. An older ticket belongs to a killed process whose id another process has now. */
const MOST_AGE = 60_000;

const prefix = '.create-microservice-';
const ticketName = /^\.create-microservice-(choosing|\d+)-(\d+)-([0-9a-f]{12})\.lock$/;

interface Ticket {
  file: string;
  /** 0 while its process chooses a number. */
  number: number;
  id: string;
}

/** The locks of this process by folder. Two generators of one process do not wait for each other. */
const held = new Set<string>();

/**
 * Resolves when no other process holds the lock of `folder`. Lamport's bakery algorithm, with a file for each process
 * (https://lamport.azurewebsites.net/pubs/bakery.pdf): unlike a single lock file, it needs no unsafe takeover, since the file of
 * a killed process is simply ignored. A folder in which this process cannot write is not locked: the write reports it.
 */
export async function lockFolder(folder: string): Promise<Release> {
  if (held.has(folder)) return () => undefined;
  const own: string[] = [];
  const take = (number: string) => {
    const file = path.join(folder, `${prefix}${number}-${process.pid}-${id}.lock`);
    writeFileSync(file, '', { flag: 'wx' });
    own.push(file);
    return file;
  };
  const id = randomBytes(6).toString('hex');
  const release = () => {
    held.delete(folder);
    for (const file of own.splice(0)) rmSync(file, { force: true });
    process.off('exit', release);
  };
  process.once('exit', release);
  try {
    const choosing = take('choosing');
    const number = 1 + Math.max(0, ...ticketsIn(folder).map((ticket) => ticket.number));
    take(String(number));
    rmSync(choosing, { force: true });
    while (ticketsIn(folder).some((ticket) => ticket.id !== id && isBefore(ticket, { number, id })))
      await delay(20);
    held.add(folder);
  } catch {
    release();
  }
  return release;
}

const isBefore = (one: Omit<Ticket, 'file'>, other: Omit<Ticket, 'file'>) =>
  one.number < other.number || (one.number === other.number && one.id < other.id);

/** Returns the tickets of running processes, and removes those of killed ones. */
function ticketsIn(folder: string): Ticket[] {
  return readdirSync(folder).flatMap((name) => {
    const [, number = '', pid = '', id = ''] = ticketName.exec(name) ?? [];
    if (id === '') return [];
    const file = path.join(folder, name);
    if (isRunning(Number(pid)) && isRecent(file))
      return [{ file, number: number === 'choosing' ? 0 : Number(number), id }];
    rmSync(file, { force: true });
    return [];
  });
}

const isRecent = (file: string): boolean => {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs < MOST_AGE;
};

import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { commandLine } from './command-line.ts';

const execute = promisify(execFile);

/** The time for lsof, in ms, which can wait for a file server that does not answer. */
const patience = 3_000;

/** A process that listens on a port of this machine. */
export interface PortHolder {
  pid: number;
  /** Its command line, words separated by spaces. */
  command: string;
}

/** Returns the process that listens on a TCP port; undefined if this user cannot determine it. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  const pid = process.platform === 'linux' ? await pidByProc(port) : await pidByLsof(port);
  if (!pid) return undefined;
  const command = (await commandLine(pid)).replaceAll('\0', ' ').trim();
  return command ? { pid, command } : undefined;
}

/** Returns `process 42 (node server.js)`, or `something` if it cannot be determined. */
export async function portHolderText(port: number): Promise<string> {
  const holder = await findPortHolder(port);
  if (!holder) return 'something';
  const { pid, command } = holder;
  return `process ${pid} (${command.length > 80 ? `${command.slice(0, 79)}…` : command})`;
}

/** In proc_net_tcp(5) state 0A is LISTEN and the tenth field the inode of the socket. */
async function pidByProc(port: number): Promise<number | undefined> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => read(`/proc/net/${name}`)));
  const listening = tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hexPort}`));
  const sockets = new Set(listening.map((fields) => `socket:[${fields[9]}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
    if (await hasOpen(pid, sockets)) return Number(pid);
  return undefined;
}

/** Returns false for a process of another user, whose files we cannot read. */
async function hasOpen(pid: string, sockets: Set<string>): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
}

async function pidByLsof(port: number): Promise<number | undefined> {
  const options = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fp'];
  const listed = execute('lsof', options, { timeout: patience }).then(({ stdout }) => stdout);
  return Number(/^p(\d+)/m.exec(await listed.catch(() => ''))?.[1]) || undefined;
}

const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

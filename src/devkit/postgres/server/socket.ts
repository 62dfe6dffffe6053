/** The port in the socket's name: clients look for `.s.PGSQL.5432` by default. */
export const socketPort = 5432;

/** The longest path in `sun_path` in bytes, without its terminator (unix(7); macOS has four fewer). */
const longest = process.platform === 'linux' ? 107 : 103;

/** Reports whether PostgreSQL can create a Unix socket in a folder. Node clients cannot reach one on Windows. */
export function fitsSocket(folder: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(`${folder}/.s.PGSQL.${socketPort}`) <= longest;
}

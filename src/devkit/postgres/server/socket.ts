/** The port that names the socket: clients look for `.s.PGSQL.5432` unless told otherwise. */
export const socketPort = 5432;

/** Bytes of a path in `sun_path`, its end not counted (unix(7); macOS has four fewer). */
const longest = process.platform === 'linux' ? 107 : 103;

/** Whether PostgreSQL can have a Unix socket in a folder. Windows has none that clients of Node reach. */
export function fitsSocket(folder: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(`${folder}/.s.PGSQL.${socketPort}`) <= longest;
}

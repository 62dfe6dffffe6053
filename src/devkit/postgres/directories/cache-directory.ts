import os from 'node:os';
import path from 'node:path';

/** Where this user's machine keeps what can be made again: `XDG_CACHE_HOME`, else the platform's own place. */
export function cacheDirectory(): string {
  const home = os.homedir();
  const places: Partial<Record<NodeJS.Platform, string>> = {
    darwin: path.join(home, 'Library', 'Caches'),
    win32: process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'),
  };
  const base = process.env['XDG_CACHE_HOME'] || places[process.platform] || path.join(home, '.cache');
  return path.join(base, 'microservice-devkit');
}

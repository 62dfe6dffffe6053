import os from 'node:os';
import path from 'node:path';

/** The folder for data that can be recreated: `XDG_CACHE_HOME`, else the platform's default. */
export function cacheDirectory(): string {
  const home = os.homedir();
  const places: Partial<Record<NodeJS.Platform, string>> = {
    darwin: path.join(home, 'Library', 'Caches'),
    win32: process.env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'),
  };
  const base = process.env['XDG_CACHE_HOME'] || places[process.platform] || path.join(home, '.cache');
  return path.join(base, 'microservice-devkit');
}

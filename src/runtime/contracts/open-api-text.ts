import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { errorText } from '../errors.ts';
import { importService } from '../service/own-commands.ts';
import { serviceFiles } from '../service/service-files.ts';

export const API_FILE = 'openapi.json';

/** A service whose server is a `httpServer`. */
interface HttpService {
  server?: { openapi?: object };
}

/**
 * Returns the text of `openapi.json` for the service at `root`: the document that it serves with the settings of `.env.example`, so
 * that the text is the same on every machine. Starts nothing. Undefined if the service has no `src/app.ts`, or no HTTP server of
 * the runtime. Rejects with the remedy if the service cannot be created.
 */
export async function openApiText(root: string): Promise<string | undefined> {
  const { base, extension } = serviceFiles(root);
  if (!existsSync(path.join(base, 'src', `app${extension}`))) return undefined;
  const { createService, readConfig } = await importService<HttpService>(root);
  const { server } = created(() => createService(readConfig(exampleEnvironment(root))));
  return server?.openapi && `${JSON.stringify(server.openapi, null, 2)}\n`;
}

function created(create: () => HttpService): HttpService {
  try {
    return create();
  } catch (cause) {
    const fault = `${API_FILE} cannot be written, since the service cannot be created with the settings of .env.example`;
    throw new Error(`${fault}: ${errorText(cause)}`, { cause });
  }
}

/** The developer's own `.env` can differ, for example in the issuer of tokens. */
function exampleEnvironment(root: string): NodeJS.ProcessEnv {
  const file = path.join(root, '.env.example');
  const example = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...example, LOG_LEVEL: 'silent' };
}

import { existsSync } from 'node:fs';
import { run } from 'microservice-runtime';
import { createService } from './app.ts';
import { readConfig } from './config.ts';

if (existsSync('.env')) process.loadEnvFile('.env'); // on a developer's machine; the image has no .env

await run(() => createService(readConfig(process.env)));

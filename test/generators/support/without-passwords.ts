import path from 'node:path';
import { withoutPassword } from '../../../generators/core/random-password.ts';
import { filesIn } from './command.ts';

/** Every file under `folder`, path to bytes, without the random passwords, which two runs do not share. */
export async function filesWithoutPasswords(folder: string): Promise<Map<string, string>> {
  const files = [...(await filesIn(folder))].map(([file, content]): [string, string] => {
    const text = Buffer.from(content, 'base64').toString('utf8');
    return [file, path.basename(file) === '.env' ? withoutPassword('.env', text) : content];
  });
  return new Map(files);
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const rule = `\n${'-'.repeat(80)}\n`;

/**
 * Returns the licenses of all packages in a bundle as one text, from the list of its input files (relative to `root`). Throws
 * if a package has neither a license file nor a license in its package.json.
 */
export function collectNotices(root, inputs) {
  const folders = new Set(inputs.flatMap((file) => packageFolder(root, file)));
  const notices = [...folders]
    .map(noticeOf)
    .toSorted((one, other) => one.title.localeCompare(other.title, 'en'));
  const intro = `create-microservice bundles ${notices.length} third-party packages. Their licenses:\n`;
  return [intro, ...notices.map(({ title, text }) => `${title}\n\n${text}\n`)].join(rule);
}

function packageFolder(root, file) {
  const position = file.lastIndexOf('node_modules/');
  if (position < 0) return [];
  const parts = file.slice(position + 'node_modules/'.length).split('/');
  const name = parts.slice(0, parts[0].startsWith('@') ? 2 : 1).join('/');
  return [path.join(root, file.slice(0, position), 'node_modules', name)];
}

function noticeOf(folder) {
  const { name, version, license, licenses, repository, author } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const kind =
    typeof license === 'string' ? license : (license?.type ?? licenses?.map(({ type }) => type).join(' OR '));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.toSorted().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  if (texts.length === 0 && !kind)
    throw new Error(`${name}@${version} has no license, so it cannot be bundled`);
  const source = typeof repository === 'string' ? repository : repository?.url;
  const owner = typeof author === 'string' ? author : author?.name;
  const title = [`${name} ${version}`, kind, source].filter(Boolean).join('\n');
  const fallback = [
    `Copyright ${owner ?? 'its authors'}. License: ${kind}, according to the package.json of ${name}.`,
  ];
  return { title, text: (texts.length > 0 ? texts : fallback).join('\n\n') };
}

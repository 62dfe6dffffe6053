/** The lists of the templates that every feature adds to, by the path of the file; the merge joins their elements. */
const unions: [file: RegExp, lists: string[]][] = [
  [/^src\/app\.ts$/, ['createService', 'createService/routers', 'createService/return/parts']],
  [/^src\/projections\/[\w-]+\.ts$/, ['.']],
  [/^src\/events\/contracts\.ts$/, ['contracts/published', 'contracts/consumed']],
  [/^src\/events\/[\w-]+-events\.ts$/, ['.']],
  [/^src\/events\/[\w-]+-consumers\.ts$/, ['register*Consumers']],
  [/^src\/routers\/[\w-]+-router\.ts$/, ['create*Router']],
  [/^src\/(?:repositories|schemas)\/[\w-]+\.ts$/, ['.']],
  [/^test\/[\w-]+\.test\.ts$/, ['describe *']],
];

/** The files whose new elements register a part: without them, the code compiles, but the part does nothing. */
const registering = /^src\/(?:app|events\/contracts|events\/[\w-]+-(?:events|consumers))\.ts$/;

/** Returns the paths of the lists in a generated file whose new elements register a part. */
export const registrationsIn = (file: string): string[] => (registering.test(file) ? unionsIn(file) : []);

/** Returns the paths of the lists in a generated file whose elements are a union in a merge. */
export const unionsIn = (file: string): string[] =>
  unions.flatMap(([path, lists]) => (path.test(file) ? lists : []));

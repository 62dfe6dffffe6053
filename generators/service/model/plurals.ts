import { pluralize, singularize } from 'inflection';

const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Singular nouns in "s" that inflection takes for plurals; their plural ends in "es". */
const singularsInS = words('atlas bias cactus census corpus gas genius iris lens');

/** Nouns in "s" without a singular, or without a plural of their own, for which inflection makes up a singular. */
const withoutSingular = words(`
  analytics aws barracks devops dns economics electronics ethics genetics goods gps graphics headquarters https ios
  kubernetes kudos logistics mathematics means mechanics ops physics politics pos postgres premises redis robotics sms tls
`);

/** Plurals for which inflection makes up a wrong singular. */
const irregular: Record<string, string> = { cookies: 'cookie', shoes: 'shoe' };

/** Applies `change` to the last word of a kebab-case name. */
const ofLastWord = (name: string, change: (word: string) => string) => name.replace(/[^-]+$/, change);

/** Pluralizes the last word of a kebab-case name: `order-item` gives `order-items`. */
export const pluralOf = (name: string): string =>
  ofLastWord(name, (word) => (singularsInS.has(word) ? `${word}es` : pluralize(word)));

/** Returns the singular of a plural; undefined if the name is not a plural, or has no singular: `order`, `news`, `analytics`. */
export function singularOf(name: string): string | undefined {
  if (pluralOf(name) !== name) return undefined;
  const singular = ofLastWord(name, singularOfWord);
  return singular !== name && pluralOf(singular) === name ? singular : undefined;
}

function singularOfWord(word: string): string {
  if (withoutSingular.has(word)) return word;
  const stem = word.replace(/es$/, '');
  return singularsInS.has(stem) ? stem : (irregular[word] ?? singularize(word));
}

/** Returns a name with a plural, for one that has none: `news-item`, `analytics-report`. */
export const countable = (name: string): string => `${name}-${name.endsWith('ics') ? 'report' : 'item'}`;

import assert from 'node:assert/strict';
import { type ProseLine, commentsIn, pagesIn } from './prose.ts';

/** Phrases that a native engineer does not write, and their replacements. */
const turns: [RegExp, string][] = [
  [/(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b)/i, '"is not a"'],
  [/\b(?:mend|mends|mended|heed|heeds|heeded)\b/i, '"fix", "obey"'],
  [/\banew\b/i, '"again", or name the change: "is replaced"'],
  [/\bfor ever\b/i, '"permanently", or the limit'],
  [/\b(?:put aside|puts aside)\b/i, '"parked", or the name of the state'],
  [/\b(?:hears?|heard) of\b/i, '"is notified of", "receives"'],
  [/\b(?:whoever|whomever|whatever way)\b/i, 'the name of the person or the program'],
  [/\bas many as may\b/i, '"the maximum"'],
  [/\b(?:row|line|fact|one) a (?:key|line|message|request|row|service)\b/i, '"one row per key"'],
  [/\b(?:thereby|once more|as it stands|lest)\b/i, 'a plain word'],
];

/** The most uses of "what" in 1,000 words: only a question needs the word. This limit may only go down. */
const most = 1.5;

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', 'bench', 'src/runtime', 'src/devkit'];
const places: Record<string, () => ProseLine[]> = {
  'comments of src': () => commentsIn('src'),
  'comments of generators and templates': () => commentsIn('generators'),
  'comments of bench and scripts': () => ['bench', 'scripts'].flatMap(commentsIn),
  'documentation pages': () => pages.flatMap(pagesIn),
  'generated pages': () => pagesIn('generators'),
};

describe('the language', () => {
  for (const [place, read] of Object.entries(places)) {
    describe(`of ${place}`, () => {
      let lines: ProseLine[] = [];
      before(() => {
        lines = read();
        assert.ok(lines.length > 20, `finds only ${lines.length} lines`);
      });

      it('avoids phrases that a native engineer does not write', () => {
        const faults = lines.flatMap((line) =>
          turns.flatMap(([turn, remedy]) => {
            const found = turn.exec(line.text)?.[0];
            return found ? [`${at(line)}: "${found.trim()}": write ${remedy}`] : [];
          }),
        );
        assert.deepEqual(faults, []);
      });

      it('names things instead of using "what" for a noun', () => {
        const words = lines.flatMap(({ text }) => text.match(/[a-z][a-z'-]*/gi) ?? []).length;
        const uses = lines.filter(({ text }) => /\bwhat\b(?![^?]*\?)/i.test(text));
        const share = (uses.length * 1_000) / words;
        assert.ok(
          share <= most,
          `"what" is ${share.toFixed(1)} of 1,000 words, at most ${most}: name the thing ("what comes twice" -> "duplicates")\n${uses.map((line) => `${at(line)}: ${line.text.trim()}`).join('\n')}`,
        );
      });
    });
  }
});

const at = ({ file, line }: ProseLine): string => `${file}:${line}`;

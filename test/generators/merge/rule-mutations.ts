import type { Change } from '../../faults/mutations/mutation.ts';

/** A rule of the merge that is taken out, and the test that must then fail. */
export interface RuleMutation {
  rule: string;
  /** Its `file` is seen from `generators/merge/`. */
  change: Change;
  /** The test file in this folder, without `.test.ts`, and the title. */
  noticedBy: [file: string, title: string];
}

const inFiles = (find: string, replace: string): Change => ({ file: 'merge-files.ts', find, replace });
const inText = (find: string, replace: string): Change => ({ file: 'merge-text.ts', find, replace });

export const ruleMutations: RuleMutation[] = [
  {
    rule: 'a file stays as it is if the templates changed nothing, or the layout alone',
    change: inText('if (isSame(base, next) || isSame(next, disk)) return', 'if (isSame(next, disk)) return'),
    noticedBy: ['code', 'of an edited file stays if the templates changed the layout alone'],
  },
  {
    rule: 'a deleted file stays deleted',
    change: inFiles(
      "if (base === undefined) return { file, effect: 'written'",
      "return { file, effect: 'written'",
    ),
    noticedBy: ['merge-files', 'leaves it deleted if the owner deleted it'],
  },
  {
    rule: 'an edited file is not removed',
    change: inFiles(
      '(base !== undefined && (await isUnedited({ base, disk }, { file, format })))',
      "disk !== ''",
    ),
    noticedBy: ['merge-files', 'leaves an edited file to the owner when the templates drop it'],
  },
  {
    rule: 'a file with markers is not merged again',
    change: inFiles('if (isMarked) return', 'if (isMarked && next === disk) return'),
    noticedBy: ['merge-files', 'names it while conflicts are marked in it'],
  },
  {
    rule: 'the base of a file with markers stays behind',
    change: inFiles("|| outcome?.why === 'unresolved'", ''),
    noticedBy: ['merge-files', 'does not touch it while conflicts of an earlier merge are marked in it'],
  },
  {
    rule: 'each marker counts',
    change: {
      file: 'text/markers.ts',
      find: 'Object.values(marker).some(',
      replace: 'Object.values(marker).every(',
    },
    noticedBy: ['lines', 'recognizes its own markers, and no others'],
  },
  {
    rule: 'the base of a file in .yo-keep stays behind',
    change: inFiles("outcome?.why === 'in .yo-keep' ||", ''),
    noticedBy: ['merge-files', 'is named in .yo-keep, and gets all changes once it is not'],
  },
  {
    rule: 'a migration is born once',
    change: inFiles(
      "if (once.has(kind) || kind === 'lock') return writtenOnce",
      "if (kind === 'lock') return writtenOnce",
    ),
    noticedBy: ['merge-files', 'is a migration or a seed: it is born once'],
  },
  {
    rule: 'a lock file is not merged',
    change: inFiles(
      "if (once.has(kind) || kind === 'lock') return writtenOnce",
      'if (once.has(kind)) return writtenOnce',
    ),
    noticedBy: ['merge-files', 'is a lock file'],
  },
  {
    rule: 'a migration is remembered',
    change: inFiles('(isBorn ? texts.base : undefined)', 'undefined'),
    noticedBy: ['merge-files', 'remembers its birth when the templates drop it'],
  },
  {
    rule: 'a changed contract is written from the code',
    change: inFiles("kind === 'derived' &&", 'kind === undefined &&'),
    noticedBy: [
      'merge-files',
      'is a contract: a changed one is left to the command that writes it from the code',
    ],
  },
  {
    rule: 'a moved file takes the edits along',
    change: { file: 'cases.ts', find: 'pendingMoves(plan)', replace: 'new Map<string, string>()' },
    noticedBy: ['moved-files', 'takes the edits of the owner along, over several versions'],
  },
  {
    rule: 'a move counts once',
    change: { file: 'moves.ts', find: 'isAfter(move, before) &&', replace: '' },
    noticedBy: ['moved-files', 'does not move for a base that is as new as the move'],
  },
  {
    rule: 'a moved file replaces none of the owner',
    change: { file: 'moves.ts', find: ' && !(disk.has(from) && disk.has(to))', replace: '' },
    noticedBy: ['moved-files', 'does not replace a file of the owner at the new path'],
  },
  {
    rule: 'a new name is suggested only for a changed text',
    change: { file: 'renames.ts', find: ' && next.get(file) !== text', replace: '' },
    noticedBy: [
      'moved-files',
      'is not suggested if its generated text is the same, or the templates dropped it',
    ],
  },
  {
    rule: 'lists are joined before lines',
    change: inText(
      'mergeLines(unifyLists(sides, language.find, language.settle), labels)',
      'mergeLines(sides, labels)',
    ),
    noticedBy: ['imports', 'are a union where both sides added some at one place'],
  },
  {
    rule: 'a merged text that does not parse is one conflict',
    change: inText(
      'if (!parses(merged.text) && parses(sides.disk)',
      'if (merged.conflicts < 0 && parses(sides.disk)',
    ),
    noticedBy: ['code', 'is one conflict if neither side is broken, but the merged lines are'],
  },
  {
    rule: 'an import that the merged code uses comes back',
    change: inText('return language.parse ?', 'return language.parse && merged.conflicts > 0 ?'),
    noticedBy: ['imports', 'that the owner removed come back if new code needs them'],
  },
  {
    rule: 'a changed layout is not an edit',
    change: inText(' || language?.isSame?.(one, other) === true', ''),
    noticedBy: ['code', 'is the generated one if the owner changed the layout alone'],
  },
  {
    rule: 'only a formatted file is formatted',
    change: inText("(isFormatted && text !== ''", "(text !== ''"),
    noticedBy: ['code', 'is not formatted if the owner does not format the file'],
  },
  {
    rule: 'the line ends are those of the owner',
    change: inText('text: dressedAs(disk, text), isGenerated: text ===', 'text, isGenerated: text ==='),
    noticedBy: ['code', 'has the line ends of the owner'],
  },
  {
    rule: 'a new statement stands before an own one that reads what it changes',
    change: {
      file: 'structure/place.ts',
      find: 'Math.min(usual, lastPlace(names, placing))',
      replace: 'Math.min(usual, Infinity)',
    },
    noticedBy: [
      'lists',
      'of statements gets a new one before an own statement that has read what it changes',
    ],
  },
  {
    rule: 'a new statement stands behind the declarations that it uses',
    change: {
      file: 'structure/place.ts',
      find: 'Math.max(firstPlace(names, placing),',
      replace: 'Math.max(0,',
    },
    noticedBy: [
      'lists',
      'of statements gets a new one behind the declarations that it uses, and behind own changes',
    ],
  },
  {
    rule: 'renamed declarations are known by the functions that they call',
    change: {
      file: 'structure/pair.ts',
      find: 'pairedBy(({ kind }) => kind, base, other)',
      replace: 'other',
    },
    noticedBy: ['lists', 'of statements finds two renamed declarations by the functions that they call'],
  },
  {
    rule: 'a name that no declaration has any more is a conflict',
    change: inText(
      'return merged.conflicts > 0 ? merged : completeNames(merged.text, sides, tools);',
      'return merged;',
    ),
    noticedBy: ['missing-names', 'is a conflict of its own if the owner removed a parameter that it uses'],
  },
  {
    rule: 'new code uses the names of the owner',
    change: {
      file: 'languages/complete-names.ts',
      find: 'restored(renamed(current, missing, { base, next, disk }),',
      replace: 'restored(current,',
    },
    noticedBy: ['missing-names', 'uses the name that the owner gave a parameter'],
  },
  {
    rule: 'a removed declaration comes back',
    change: {
      file: 'languages/complete-names.ts',
      find: 'if (statements.length === 0) return text;',
      replace: 'if (statements.length >= 0) return text;',
    },
    noticedBy: ['missing-names', 'brings the declaration back that the owner removed from the file'],
  },
  {
    rule: 'an object and an array have no common elements',
    change: {
      file: 'structure/unify.ts',
      find: "separator === '' ? '' : (text[start - 1] ?? '')",
      replace: "separator === '' ? '' : text.slice(start, start)",
    },
    noticedBy: ['missing-names', 'gets the values of a new object if it is an array'],
  },
  {
    rule: 'an array gets the values of a new object',
    change: {
      file: 'structure/unify.ts',
      find: 'inner === undefined ? undefined',
      replace: 'isArray ? undefined',
    },
    noticedBy: ['missing-names', 'gets the values of a new object if it is an array'],
  },
  {
    rule: 'neighbors that replace lines one by one do not touch',
    change: { file: 'text/diff3.ts', find: '].every(isOneByOne)', replace: '].some(() => false)' },
    noticedBy: ['lines', 'of neighbors is not a conflict if each line has one successor'],
  },
  {
    rule: 'a removed element of which the owner changed a name is removed',
    change: {
      file: 'structure/merge-pieces.ts',
      find: 'isOnlyRenamed(before, piece, renamed)',
      replace: 'isOnlyRenamed(before, piece, new Map())',
    },
    noticedBy: ['lists', 'of statements loses a removed one that uses a declaration which the owner renamed'],
  },
  {
    rule: 'the blocks of a test are known by their titles',
    change: {
      file: 'languages/code-lists.ts',
      find: "title?.startsWith('describe ')",
      replace: "title === ''",
    },
    noticedBy: ['lists', 'of statements has the blocks of a test by their titles'],
  },
  {
    rule: 'a blank line behind a new element stays',
    change: { file: 'structure/blank-lines.ts', find: 'missing > 0 &&', replace: 'missing < 0 &&' },
    noticedBy: ['lists', 'keeps the blank line of the templates behind a new first element'],
  },
  {
    rule: 'a removed import stays at its place',
    change: {
      file: 'languages/complete-imports.ts',
      find: '(neighbor ?? imports.at(-1))',
      replace: 'imports.at(-1)',
    },
    noticedBy: ['imports', 'stay at their place if the owner still uses them'],
  },
  {
    rule: 'the imports of one module are one set',
    change: {
      file: 'languages/complete-imports.ts',
      find: 'withoutRemoved(text, sides, parse)',
      replace: 'withoutRemoved(text, { ...sides, base: text, next: text }, parse)',
    },
    noticedBy: ['imports', 'lose a removed name that the owner has moved to another import of the module'],
  },
  {
    rule: 'a list is merged below a line of the owner',
    change: { file: 'structure/unify.ts', find: '.slice(-2).join', replace: '.slice(0, 0).join' },
    noticedBy: ['imports', 'are merged below a header of the owner'],
  },
  {
    rule: 'a list stays in the form of the owner',
    change: {
      file: 'languages/language.ts',
      find: 'disk.form !== next.form ? disk',
      replace: 'disk === next ? disk',
    },
    noticedBy: ['missing-names', 'stays that of the owner: mine()'],
  },
  {
    rule: 'new exports are registered',
    change: { file: 'registrations.ts', find: ', ...(await exportsMissing(sides, plan))', replace: '' },
    noticedBy: ['registrations', 'of a new export is missing if the owner lists the exports by name'],
  },
  {
    rule: 'new elements are registered',
    change: { file: 'registrations.ts', find: 'elementsMissing(sides), ', replace: '' },
    noticedBy: ['registrations', 'of a new statement is missing if the file is gone'],
  },
  {
    rule: 'a contract waits for the registration',
    change: inFiles('unregistered.length > 0 ? outcomes', 'unregistered.length < 0 ? outcomes'),
    noticedBy: ['registrations', 'of a new export is missing if the owner lists the exports by name'],
  },
  {
    rule: 'the owner may have moved the list',
    change: {
      file: 'registrations.ts',
      find: 'disk === undefined || open.length > 0 ? await ownCode(plan) : []',
      replace: 'open.length > 0 ? await ownCode(plan) : []',
    },
    noticedBy: ['registrations', 'is found in a list that the owner moved'],
  },
  {
    rule: 'a new file has the layout of the owner',
    change: inFiles(
      'if (!isFormatted || !isNew) return outcome;',
      'if (isFormatted || !isNew) return outcome;',
    ),
    noticedBy: ['merge-files', 'has the layout of an owner whose formatting options differ'],
  },
];

/** Differences from the expected files that the merge still has: the edit, the command, the file. Fix a fault, then delete its line. */
export const openFaults = new Set<string>();

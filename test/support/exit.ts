/**
 * Ends the process when nothing keeps it alive, so a leaked handle is still noticed. Otherwise Node 20 sometimes hangs while
 * it frees its environment, with all tests passed: it spins in `Environment::CleanupHandles` (like nodejs/node#47748). Remove
 * it with Node 20.
 */
process.once('beforeExit', () => process.exit());

/** Returns the lines of the fenced `sh` blocks of a section of a Markdown text, without their indentation and empty lines. */
export function shellLines(markdown: string, heading: string): string[] {
  const [, section = ''] = new RegExp(`^#+ ${heading}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(markdown) ?? [];
  return [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, text = '']) =>
    text.split('\n').filter((line) => line.trim() !== ''),
  );
}

/**
 * A shell's `npm` that passes the words and flags of `npm init microservice` on as npm does, to the program in the variable `PROGRAM`.
 * It fails for any other command.
 */
export const npmFunction = `npm() {
  case "$1 $2" in
    'init microservice'|'init microservice@latest') shift 2 ;;
    *) echo "not npm init microservice: $*" >&2; return 64 ;;
  esac
  for word do shift; [ "$word" = -- ] || set -- "$@" "$word"; done
  node "$PROGRAM" "$@"
}`;

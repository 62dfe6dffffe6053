export function npmCommand(parameters: string[]): [program: string, parameters: string[]];

/** How values are written in systemd's unit files (systemd.syntax(7), systemd.service(5) "Command lines"). Pure. */

/**
 * A word of a list or of a command line, in quotes: `%` begins a specifier, backslashes and quotes are escaped. A line break cannot be
 * written in every kind of value, so the caller refuses it.
 */
export function unitWord(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
}

/** `Environment=` knows no variables, so a `$` is a letter. */
export function unitVariable(name: string, value: string): string {
  return unitWord(`${name}=${value}`)
}

/**
 * A command line. The colon keeps `$` from being a variable; it stands only where it is needed, because systemd before 244 does not know it.
 */
export function unitCommand(command: readonly string[]): string {
  const isLiteral = !command.some((word) => word.includes('$'))
  return `${isLiteral ? '' : ':'}${command.map(unitWord).join(' ')}`
}

/** A path that may be absent when the service starts (a disk that is plugged in later) must not keep it from starting. */
export function unitPaths(paths: readonly string[]): string {
  return paths.map((path) => unitWord(`-${path}`)).join(' ')
}

/** Whether systemd takes it as the path of a program: no quotes, backslashes or control characters (its `string_is_safe`). */
export function isSafeProgram(path: string): boolean {
  return path.startsWith('/') && !/["'\\\p{Cc}]/u.test(path)
}

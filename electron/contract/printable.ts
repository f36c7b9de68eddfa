/** Text from outside — names, paths — as it may be shown: without what a terminal would obey, or what turns the direction of writing. */

/** Control and format characters, line ends among them, become `�`. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, '�')
}

/** As `printable`, but of several lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** The bytes of SQL text that a lexer looks for; all below 0x80, since no server encoding uses those within a character. */

const TAB = 0x09
export const NEWLINE = 0x0a
const FORM_FEED = 0x0c
export const RETURN = 0x0d
const SPACE = 0x20
export const DOUBLE = 0x22
export const DOLLAR = 0x24
export const AMPERSAND = 0x26
export const QUOTE = 0x27
export const STAR = 0x2a
export const DASH = 0x2d
const DOT = 0x2e
export const SLASH = 0x2f
export const SEMICOLON = 0x3b
export const BACKSLASH = 0x5c
const UNDERSCORE = 0x5f

/** What a byte may be, as bits, so that several kinds can be asked for at once. */
export const LETTER = 1
export const DIGIT = 2
export const BLANK = 4
/** Neither shown nor a blank; a carriage return is one. */
export const CONTROL = 8
const DOLLARS = 16
const DOTS = 32
/** A tag of a dollar quote: a name without dollars. */
export const IN_TAG = LETTER | DIGIT
export const IN_WORD = LETTER | DIGIT | DOLLARS
export const IN_NUMBER = LETTER | DIGIT | DOTS

/** Source: PostgreSQL, psqlscan.l. */
const KINDS = new Uint8Array(256)
for (let byte = 0; byte < 256; byte += 1) {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80
  if (isLetter || byte === UNDERSCORE) KINDS[byte] = LETTER
  else if (byte >= 0x30 && byte <= 0x39) KINDS[byte] = DIGIT
  else if (byte < SPACE || byte === 0x7f) KINDS[byte] = CONTROL
}
for (const byte of [SPACE, TAB, NEWLINE, FORM_FEED]) KINDS[byte] = BLANK
KINDS[DOLLAR] = DOLLARS
KINDS[DOT] = DOTS

/** @param kinds bits of what is asked for */
export function isOf(byte: number | undefined, kinds: number): boolean {
  return byte !== undefined && ((KINDS[byte] ?? 0) & kinds) !== 0
}

/** Where the run of such bytes ends that begins at `at`. */
export function endOfRun(data: Buffer, at: number, kinds: number): number {
  let end = at
  while (end < data.length && ((KINDS[data[end] ?? 0] ?? 0) & kinds) !== 0) end += 1
  return end
}

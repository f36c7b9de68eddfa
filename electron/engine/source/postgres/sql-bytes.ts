/** The bytes of SQL text that a lexer looks for; all below 0x80, since no server encoding uses those within a character. */

export const NEWLINE = 0x0a
const RETURN = 0x0d
const TAB = 0x09
export const SPACE = 0x20
export const QUOTE = 0x27
export const DOUBLE = 0x22
export const DOLLAR = 0x24
export const DASH = 0x2d
export const SLASH = 0x2f
export const STAR = 0x2a
export const SEMICOLON = 0x3b
export const BACKSLASH = 0x5c

export function isWordByte(byte: number): boolean {
  return byte >= 0x80 || /[\w$]/.test(String.fromCharCode(byte))
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB)
}

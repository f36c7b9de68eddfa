/** What a plain SQL dump consists of, as psql reads it. */

/** What the lexer tells. Texts are bytes, one character each (latin1), whatever the dump's encoding. */
export interface DumpEvents {
  /** Outside of comments: a word, a number, a sign; a name or string with its quotes, cut where it is long; a dollar quote as `$$`. */
  token(text: string, isWord: boolean): void
  /** A `;`. @returns whether rows of COPY data begin on the next line */
  semicolon(): boolean
  /** Rows of the COPY block that the last statement began; told once, at its end. */
  rows(count: number): void
  /** A comment of one line, without `--`. */
  comment(text: string): void
  /** A line that psql would run itself (`\!`, `\connect`), backslash included. */
  metaCommand(text: string): void
  /** What no dump holds, and versions of psql may read in different ways. */
  odd(text: string): void
}

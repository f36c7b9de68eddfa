/** Text of a session in a database that says nothing about its bytes (SQL_ASCII): read without a loss, and written back as it was. */

const UTF8 = new TextDecoder('utf-8', { fatal: true })
/** Between ASCII and the first character that one byte cannot stand for. */
const ONE_BYTE = /[\u0080-\u00ff]/

/**
 * Names that all databases of a server share — roles, databases, comments on them — were written by whichever database their maker
 * was in, which is nearly always UTF-8. Read so only where `sessionBytes` gives the same bytes again.
 * @param text byte by byte, as such a session reads it
 */
export function sharedText(text: string): string {
  try {
    const read = UTF8.decode(Buffer.from(text, 'latin1'))
    return ONE_BYTE.test(read) ? text : read
  } catch {
    // No UTF-8: its bytes are all that is known of it.
    return text
  }
}

/** What such a session is sent: a character below U+0100 is a byte that was read, any other comes from a job or is shared. */
export function sessionBytes(text: string): Buffer {
  if (!/[^\u0000-\u00ff]/.test(text)) return Buffer.from(text, 'latin1')
  return Buffer.concat(
    [...text.matchAll(/[\u0000-\u00ff]+|[^\u0000-\u00ff]+/g)].map(([run]) =>
      Buffer.from(run, run.charCodeAt(0) < 0x100 ? 'latin1' : 'utf8'),
    ),
  )
}

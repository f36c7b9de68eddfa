/** The script that psql reads instead of a dump: the dump without its own restriction, and without what would undo ours. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RestrictedScript } from '../../../../electron/engine/source/postgres/restricted-script.ts'
import { BEGINNING, scriptOf } from '../../../helpers/restricted.ts'

const END = '--\n-- PostgreSQL database dump complete\n--\n\n'

/** Without what stands before the dump. */
function bodyOf(dump: string, size?: number): string {
  const { text, refused } = scriptOf(Buffer.from(dump, 'latin1'), size)
  expect(refused).toBeUndefined()
  return text.subarray(BEGINNING.length).toString('latin1')
}

describe("a dump's own restriction", () => {
  const head = '--\n-- PostgreSQL database dump\n--\n\n'
  const own = `${head}\\restrict abC1\n\nSET x = 1;\n${END}\\unrestrict abC1\n\n`
  const without = `${head}\nSET x = 1;\n${END}`

  it('is left out, both lines and nothing else, however the dump is cut', () => {
    expect(bodyOf(own)).toBe(without)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: own.length }), (size) => {
        expect(bodyOf(own, size)).toBe(without)
      }),
    )
  })

  it.each([
    ['none at all', without],
    ['a beginning without an end', `${head}\\restrict abC1\n\nSET x = 1;\n`, `${head}\nSET x = 1;\n`],
    ['behind a statement', `SET x = 1;\n\\restrict abC1\n\\unrestrict abC1\n`],
    ['an end of another token', `\\restrict a\n\\unrestrict b\n`, '\\unrestrict b\n'],
    ['an end behind which something stands', `\\restrict a\n\\unrestrict a\n\nx\n`, '\\unrestrict a\n\nx\n'],
    ['the same twice', `\\restrict a\n\\unrestrict a\n\\unrestrict a\n`, '\\unrestrict a\n'],
    ['an end that is no line of its own', `\\restrict a\nx \\unrestrict a\n`, 'x \\unrestrict a\n'],
    ['a longer token', `\\restrict a\n\\unrestrict ab\n`, '\\unrestrict ab\n'],
    ['an end that breaks off', `\\restrict a\n\\unrestri`, '\\unrestri'],
    ['an end behind too much that is blank', `\\restrict a\n\\unrestrict a${'\n'.repeat(3000)}`],
    ['a line that does not end', `--${'x'.repeat(10_000)}\n\\restrict a\n`],
    ['Windows line ends', '-- x\r\n\r\n\\restrict a\r\nx\r\n\\unrestrict a\r\n\r\n', '-- x\r\n\r\nx\r\n'],
    ['no last line end', '\\restrict a\nx\n\\unrestrict a', 'x\n'],
    ['nothing', ''],
  ])('is taken for what it is: %s', (_, dump, expected = dump.replace(/^\\restrict a\n/, '')) => {
    for (const size of [1, 2, 3, 11, 100, 4096, 1 << 20]) expect(bodyOf(dump, size)).toBe(expected)
  })

  it.each([
    ['rows that quote it', 'COPY public.a (t) FROM stdin;\nsay `\\\\unrestrict a` or `x`\n\\.\n'],
    ['without an argument', 'see `\\unrestrict` and `x`\n'],
    ['whose argument has none', 'see \\unrestrict abc, or `x`\n'],
    ['on the next line', '\\unrestrict\n`x`\n'],
    ['a longer word', '\\unrestricted `x`\n'],
  ])('lets backticks be that are no command: %s', (_, text) => {
    for (const size of [1, 5, 1 << 20]) expect(bodyOf(text, size)).toBe(text)
  })

  it.each([
    ['behind another', '\\unrestrict \\unrestrict `x`'],
    ['in double quotes', '\\unrestrict "a `'],
    ['in single quotes', "\\unrestrict '\\\\unrestrict `"],
    ['behind other blanks', 'x\\unrestrict\t\v\f `'],
    ['behind half a character', '\x83\\\\unrestrict `x`'],
    ['behind a character of four bytes', '\x835A\\\\unrestrict `x`'],
    ['behind a long word', `\\unrestrict ${'a'.repeat(5000)}\``],
  ])('refuses backticks %s, however it is cut', (_, text) => {
    const dump = Buffer.from(text, 'latin1')
    for (let size = 1; size <= Math.min(dump.length, 40); size += 1) expect(scriptOf(dump, size).refused).toBeDefined()
  })

  it('holds no more than a little of what does not end', () => {
    const script = new RestrictedScript('a')
    script.push(Buffer.from('\\restrict a\n'))
    const chunk = Buffer.alloc(1 << 20, 'x')
    let passed = 0
    for (let n = 0; n < 100; n += 1) passed += script.push(chunk).length
    expect(passed).toBeGreaterThan(99 * (1 << 20))
  })
})

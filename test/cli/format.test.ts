/** Times as a person wants to read them. */
import { describe, expect, it } from 'vitest'
import { formatAge } from '../../electron/cli/format.ts'

describe('times', () => {
  it.each([
    [0.4, '1 s'],
    [59.2, '59 s'],
    [61, '1 min'],
    [7261, '2 h 01 min'],
  ])('%d s ago is told as %s', (seconds, told) => {
    expect(formatAge(seconds)).toBe(told)
  })
})

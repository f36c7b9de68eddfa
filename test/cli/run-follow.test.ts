/** What following a run does before there is one. */
import { describe, expect, it } from 'vitest'
import { play } from './stage.ts'

describe('Ctrl-C before a run was started', () => {
  it('starts none, says so, and is no success', async () => {
    const played = await play(['backup', 'shop', '--json'], { onInterrupt: (interrupt) => interrupt() })
    expect(played.document()).toMatchObject({ error: { code: 'cancelled' } })
    expect(played.err).toContain('Cancelling')
    expect([played.exit, played.calls]).toEqual([1, []])
  })
})

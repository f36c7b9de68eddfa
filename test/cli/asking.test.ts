/** Questions on a real terminal: what is typed is the answer, what is hidden is not shown, and Ctrl-C or no answer is a no. */
import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { cliEntry } from '../helpers/entries.ts'
import { makePlace, type Place } from './place.ts'

/** Runs a command on a pseudo-terminal, types once a question stands there, and tells what it showed and how it ended. */
const terminal = `import os, pty, select, sys, time
asked, typed, command = sys.argv[1], sys.argv[2].encode().decode('unicode_escape').encode('latin-1'), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0: os.execv(command[0], command)
shown, has_typed, end = b'', False, time.time() + 60
while time.time() < end:
    ready, _, _ = select.select([fd], [], [], 0.2)
    if ready:
        try: chunk = os.read(fd, 4096)
        except OSError: break
        if not chunk: break
        shown += chunk
    if not has_typed and asked.encode() in shown:
        time.sleep(0.2)
        os.write(fd, typed)
        has_typed = True
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status) & 255)`

async function onTerminal({ dir, env }: Place, asked: string, typed: string, ...args: readonly string[]) {
  const child = spawn('python3', ['-c', terminal, asked, typed, process.execPath, cliEntry, ...args], { cwd: dir, env })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, shown: Buffer.concat(chunks).toString('utf8') }
}

const secretsOf = async ({ json }: Place): Promise<unknown> =>
  ((await json('secret', 'list')).document['secrets'] as { name: string }[]).map(({ name }) => name)

describe('a question on a terminal', () => {
  it('for a secret takes what is typed, and shows nothing of it', async () => {
    const place = makePlace()
    const set = await onTerminal(place, 'Value of', 'hunter2\\r', 'secret', 'set', 'nas')
    expect(set).toMatchObject({ code: 0 })
    expect(set.shown).not.toContain('hunter2')
    expect(await secretsOf(place)).toEqual(['nas'])
  }, 60_000)

  it.each([
    ['y\\r', []],
    ['n\\r', ['nas']],
    ['\\r', ['nas']],
    ['\\x03', ['nas']],
    ['\\x04', ['nas']],
  ])(
    'whether to remove it, answered with %j, leaves %j',
    async (typed, left) => {
      const place = makePlace()
      await onTerminal(place, 'Value of', 'hunter2\\r', 'secret', 'set', 'nas')
      const { code } = await onTerminal(place, '[y/N]', typed, 'secret', 'remove', 'nas')
      expect(code === 0).toBe(left.length === 0)
      expect(await secretsOf(place)).toEqual(left)
    },
    60_000,
  )
})

/** Switches an old task off once its job has proven itself, and on again: never deletes one. */
import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import { phrase } from '../../contract/phrases.ts'
import type { OldTaskRef, Replaces } from '../../contract/replaces.ts'
import { replaceFile } from '../atomic-file.ts'
import { BackupError, reasonOf } from '../errors.ts'
import { localIso, localStamp } from '../time.ts'
import type { World } from '../world.ts'
import { lineDigest } from './crontab.ts'
import { readPlain } from './from-system.ts'
import { runTool } from './run-tool.ts'

/** Stands before a line of a crontab that we have switched off. */
export const MARK = '#sitekeep# '

/** @param copies an existing folder for crontabs as they were @throws BackupError task-unchanged, not-found, unsupported */
export async function retire(replaces: Replaces, world: World, copies: string): Promise<Replaces> {
  const copy = await change(replaces, false, { world, copies })
  const retiredAt = localIso(world.clock.now())
  return copy === undefined ? { ...replaces, retiredAt } : { ...replaces, retiredAt, copy }
}

/** @throws BackupError task-unchanged, not-found, unsupported */
export async function giveBack(replaces: Replaces, world: World, copies: string): Promise<Replaces> {
  await change(replaces, true, { world, copies })
  const { retiredAt: _retiredAt, copy: _copy, ...rest } = replaces
  return rest
}

interface Where {
  readonly world: World
  readonly copies: string
}

async function change({ task, name }: Replaces, isOn: boolean, where: Where): Promise<string | undefined> {
  const { platform } = where.world.host
  if ((task.kind === 'task-scheduler') !== (platform === 'win32'))
    throw new BackupError('unsupported', { what: phrase('change-old-task'), reason: phrase('other-system') })
  switch (task.kind) {
    case 'task-scheduler':
      await tool(where, name, 'schtasks', ['/change', '/tn', task.name, isOn ? '/enable' : '/disable'])
      return undefined
    case 'systemd':
      await tool(where, name, 'systemctl', [isOn ? 'enable' : 'disable', '--now', task.unit])
      return undefined
    case 'crontab':
      return await inCrontab(task, { ...where, name, isOn })
  }
}

async function tool({ world }: Where, name: string, program: string, args: readonly string[]): Promise<Uint8Array> {
  const { code, out, said } = await runTool(world, program, args)
  if (code === 0) return out
  throw new BackupError('task-unchanged', { name, reason: said === '' ? `${program}: ${code ?? '?'}` : said })
}

type Crontab = Extract<OldTaskRef, { kind: 'crontab' }>

async function inCrontab(task: Crontab, where: Where & { name: string; isOn: boolean }): Promise<string> {
  const { world, copies, name, isOn } = where
  const { file } = task
  const before = file === undefined ? await tool(where, name, 'crontab', ['-l']) : await readPlain(world, file)
  if (before === undefined) throw new BackupError('not-found', { what: phrase('old-task'), name })
  const after = changedCrontab(Buffer.from(before), task.lineSha256, isOn)
  if (after === undefined) throw new BackupError('not-found', { what: phrase('old-task'), name })
  const copy = join(copies, `crontab-${localStamp(world.clock.now())}-${world.random(4)}`)
  try {
    await replaceFile(world, copy, before)
    if (file !== undefined) await replaceFile(world, file, after)
  } catch (error) {
    throw error instanceof BackupError
      ? error
      : new BackupError('task-unchanged', { name, reason: reasonOf(error) }, { cause: error })
  }
  if (file === undefined) {
    const next = `${copy}.new`
    await replaceFile(world, next, after)
    // The program checks the whole before it takes it.
    await tool(where, name, 'crontab', [next]).finally(() => world.files.unlink(next))
  }
  return copy
}

/** Every other byte stays; undefined where the line is not there. A line that is as it should be already stays too. */
export function changedCrontab(before: Buffer, lineSha256: string, isOn: boolean): Buffer | undefined {
  // One character for each byte: a crontab may be in any encoding.
  const lines = before.toString('latin1').split('\n')
  const written = (line: string): string => (line.startsWith(MARK) ? line.slice(MARK.length) : line)
  const at = lines.findIndex((line) => lineDigest(Buffer.from(written(line), 'latin1').toString('utf8')) === lineSha256)
  const line = lines[at]
  if (line === undefined) return undefined
  lines[at] = isOn ? written(line) : `${MARK}${written(line)}`
  return Buffer.from(lines.join('\n'), 'latin1')
}

/** Reads the files of an import where the person is, packed small enough for one message; the service may not be allowed to read them. */
import { Buffer } from 'node:buffer'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { phrase } from '../contract/phrases.ts'
import { MAX_TASK_BYTES, type TaskFile } from '../contract/task-import.ts'
import type { Cli } from './cli.ts'
import { failure, wrongUse } from './failure.ts'
import { formatBytes } from './format.ts'

/** Under the bound of a message (contract/protocol.ts), with room for names. */
const MAX_PACKED = 900_000
/** As many as one message may name. */
const MAX_FILES = 200

/** A folder stands for the files in it. Throws where one cannot be read. */
export async function taskFiles(cli: Cli, typed: readonly string[]): Promise<TaskFile[]> {
  const files: TaskFile[] = []
  let packed = 0
  for (const path of typed.map((one) => cli.resolvePath(one)))
    for (const one of (await filesAt(path)).slice(0, MAX_FILES)) {
      const base64 = gzipSync(await bytesAt(cli, one)).toString('base64')
      packed += base64.length
      if (packed > MAX_PACKED) throw tooLarge(cli, MAX_PACKED)
      files.push({ name: one, base64, gzip: true })
    }
  return files
}

function tooLarge(cli: Cli, limit: number): Error {
  return wrongUse(cli.words.tasks.tooLarge(formatBytes(limit)), cli.words.usageHint)
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  if (!found.isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(path, name))
}

async function bytesAt(cli: Cli, path: string): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > MAX_TASK_BYTES) throw tooLarge(cli, MAX_TASK_BYTES)
  return await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
}

function unreadable(path: string, error: unknown): Error {
  const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (cause === 'ENOENT') return failure('not-found', { what: phrase('file'), name: path })
  return failure('invalid-input', { reason: phrase('file-unreadable'), path, cause })
}

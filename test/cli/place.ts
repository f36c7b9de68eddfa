/** A small site and the real command line on it, each command a process of its own. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { cliEntry } from '../helpers/entries.ts'
import { makeTempDir } from '../helpers/temp.ts'

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface Place {
  readonly dir: string
  readonly env: NodeJS.ProcessEnv
  readonly sitekeep: (...args: readonly string[]) => Promise<Ended>
  readonly json: (...args: readonly string[]) => Promise<{ code: number; document: Record<string, unknown> }>
}

/** A folder with a database and some files, and a state directory of its own. */
export function makePlace(): Place {
  const dir = makeTempDir()
  const database = new Database(join(dir, 'shop.db'))
  database.pragma('journal_mode = WAL')
  database.exec('CREATE TABLE sale (id INTEGER PRIMARY KEY, note TEXT)')
  for (let n = 0; n < 100; n += 1) database.prepare('INSERT INTO sale (note) VALUES (?)').run(`订单 ${n}`)
  database.close()
  mkdirSync(join(dir, 'up', 'empty'), { recursive: true })
  writeFileSync(join(dir, 'up', '发票.txt'), '1')
  const { INIT_CWD: _init, ...inherited } = process.env
  const env = { ...inherited, SITEKEEP_HOME: join(dir, 'home'), LANG: 'en_US.UTF-8', LC_ALL: '', CI: 'true' }
  const sitekeep = (...args: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, [cliEntry, ...args], { cwd: dir, env }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err })
      })
    })
  const json: Place['json'] = async (...args) => {
    const ended = await sitekeep(...args, '--json')
    return { code: ended.code, document: JSON.parse(ended.out) as Record<string, unknown> }
  }
  return { dir, env, sitekeep, json }
}

/** The sample site of the demo: a shop database in use, an uploads folder and an .env file. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { SourceDraft } from '../../contract/source.ts'
import { failure } from '../failure.ts'
import type { ShopReport } from './shop.ts'

export interface Site {
  readonly sources: readonly SourceDraft[]
  /** Ends the shop; its report, or undefined where it had died. */
  readonly close: () => Promise<ShopReport | undefined>
}

const UPLOADS: readonly (readonly [string, string | Uint8Array])[] = [
  ['readme.txt', 'Uploads of the sample shop.\n'],
  ['发票/2026-01 发票.txt', '发票编号 0001\n金额 1,234.00 元\n'],
  ['发票/2026-02 发票.txt', '发票编号 0002\n金额 987.00 元\n'],
  ['photos/cup.bin', Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7919) % 251)],
  ['photos/lamp.bin', Uint8Array.from({ length: 350_000 }, (_, index) => (index * index) % 253)],
  ['photos/empty.bin', ''],
]

const ENV = `# Settings of the sample shop
SHOP_NAME="Sample shop 示例商店"
SHOP_PORT=8080
DATABASE_PASSWORD=not-a-real-password
`

/** @param self command line of this very program, which also plays the shop. */
export async function makeSite(folder: string, self: readonly [string, ...string[]]): Promise<Site> {
  const database = join(folder, 'data', 'shop.sqlite3')
  const uploads = join(folder, 'uploads')
  await mkdir(join(folder, 'data'), { recursive: true })
  for (const [name, content] of UPLOADS) {
    await mkdir(join(uploads, name, '..'), { recursive: true })
    await writeFile(join(uploads, name), content)
  }
  await mkdir(join(uploads, 'empty folder 空文件夹'))
  await writeFile(join(folder, '.env'), ENV, { mode: 0o600 })
  const shop = await openShop(database, self)
  return {
    sources: [
      { kind: 'sqlite', name: 'shop', path: database },
      { kind: 'files', name: 'uploads', roots: [uploads] },
      { kind: 'config', name: 'config', globs: [join(folder, '.env')] },
    ],
    close: shop,
  }
}

async function openShop(database: string, [program, ...args]: readonly [string, ...string[]]): Promise<Site['close']> {
  const shop = spawn(program, [...args, 'demo-shop', database], {
    stdio: ['pipe', 'pipe', 'inherit'],
    windowsHide: true,
  })
  const lines = createInterface({ input: shop.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.value !== 'ready') throw failure('internal', { reason: 'the sample shop did not open' })
  return async () => {
    shop.stdin.end()
    const last = await lines.next()
    await ended(shop)
    return last.done === true ? undefined : (JSON.parse(last.value) as ShopReport)
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Where the entries of an archive belong: the roots of a manifest's content, found by the longest prefix. */
import type { Content } from '../../contract/manifest.ts'
import { nameProblem } from './entry.ts'

export type TreeContent = Extract<Content, { kind: 'files' | 'config' }>

interface Root {
  readonly name: Buffer
  readonly prefix: Buffer
}

const SLASH = Buffer.from('/')

export class Roots {
  readonly #roots: readonly Root[]

  constructor(content: TreeContent) {
    this.#roots = content.roots
      .map(({ name, prefix }) => ({ name: Buffer.from(name, 'utf8'), prefix: Buffer.from(prefix, 'utf8') }))
      .sort((a, b) => b.prefix.length - a.prefix.length)
  }

  /** Where `path` lies in a restore: its root's folder name, and the rest below it. Undefined for a name below no root. */
  place(path: Buffer): { readonly name: Buffer; readonly rest: Buffer } | undefined {
    for (const { name, prefix } of this.#roots) {
      if (prefix.length === 0) return { name, rest: path }
      if (path.equals(prefix)) return { name, rest: Buffer.alloc(0) }
      if (path.length > prefix.length && path[prefix.length] === 0x2f && path.subarray(0, prefix.length).equals(prefix))
        return { name, rest: path.subarray(prefix.length + 1) }
    }
    return undefined
  }

  /** `place` as one name below the target. */
  dest(path: Buffer): Buffer | undefined {
    const place = this.place(path)
    if (place === undefined) return undefined
    return place.rest.length === 0 ? place.name : Buffer.concat([place.name, SLASH, place.rest])
  }

  /** A folder name that is no single plain part, which only an edited manifest has. */
  hostileName(platform: NodeJS.Platform): string | undefined {
    return this.#roots
      .find(({ name }) => name.includes(0x2f) || nameProblem(name, platform) !== undefined)
      ?.name.toString()
  }
}

/**
 * The name that an absolute path has in an archive: `/srv/a` → `srv/a`, `D:\a` → `D/a`, `\\nas\share\a` → `nas/share/a`.
 * Backslashes separate on Windows only; elsewhere they are ordinary characters.
 */
export function archiveName(path: string, platform: NodeJS.Platform): string {
  const slashed = platform === 'win32' ? path.replaceAll('\\', '/').replace(/^([A-Za-z]):/, '$1') : path
  return slashed.replace(/^\/+/, '').replace(/\/+$/, '')
}

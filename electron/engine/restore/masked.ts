/** What whoever restores configuration files must hear: which of their values were masked and do not come back. */
import { makeFinding } from '../../contract/words.ts'
import type { Finding } from '../../contract/finding.ts'
import { isTree, type Manifest } from '../../contract/manifest.ts'
import { Roots } from '../archive/roots.ts'
import { lineMatcher } from '../archive/selection.ts'
import { isPathInside, selectArtifacts } from './restore-set.ts'

/** Names in the message; the finding's paths have them all. */
const NAMED = 3

/** A file that gets back masked values, by its name below the target, and the keys of those values. */
interface MaskedFile {
  readonly name: string
  readonly keys: readonly string[]
}

/** @param isKept false for a rehearsal, whose copy nobody will use: then it is a note */
export function maskedFindings(
  manifest: Manifest,
  only: string | undefined,
  isKept: boolean,
  platform: NodeJS.Platform,
): readonly Finding[] {
  const files = maskedFiles(manifest, only, platform)
  if (files.length === 0) return []
  const count = files.reduce((sum, { keys }) => sum + keys.length, 0)
  if (!isKept) return [makeFinding('config-masked', { count })]
  const named = files.slice(0, NAMED).map(({ name }) => name)
  const names = files.length > NAMED ? [...named, '…'].join(', ') : named.join(', ')
  const paths = files.map(({ name, keys }) => `${name}: ${keys.join(', ')}`)
  return [makeFinding('masked-restored', { count, files: names }, { paths })]
}

function maskedFiles(manifest: Manifest, only: string | undefined, platform: NodeJS.Platform): readonly MaskedFile[] {
  const inside = isPathInside(manifest, only) ? only : undefined
  return selectArtifacts(manifest, only).flatMap(({ content }): MaskedFile[] => {
    if (!isTree(content)) return []
    const isWanted = lineMatcher(content, inside, platform)
    const roots = new Roots(content)
    return content.masked
      .map(({ path, keys }) => ({ path: Buffer.from(path, 'utf8'), keys }))
      .filter(({ path }) => isWanted(path))
      .map(({ path, keys }) => ({ name: (roots.dest(path) ?? path).toString('utf8'), keys }))
  })
}

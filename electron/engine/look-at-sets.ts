/** Whether the sets that the catalog knows still lie at their destination, by their names alone; nothing is read or changed there. */
import { MANIFEST_NAME, parseSetPrefix } from './destination/keys.ts'
import type { Catalog, SetStateRow } from './catalog/catalog.ts'
import type { Destination } from './destination/destination.ts'
import type { EngineDeps } from './engine-api.ts'
import { BackupError } from './errors.ts'
import { setPrefixFrom } from './proof/set-store.ts'

export interface SetsSeen {
  /** Ids of sets that were there and are there no more: from now on they are `missing`. */
  readonly missing: readonly string[]
  /** Ids of sets that lie there, and that the catalog does not know or had given up: an import reads them. */
  readonly unknown: readonly string[]
}

/** @throws BackupError where the place could not be listed whole: then nothing is concluded, "could not list" is never "empty" */
export async function lookAtSets(
  destination: Destination,
  deps: Pick<EngineDeps, 'catalog'>,
  signal: AbortSignal,
): Promise<SetsSeen> {
  const { catalog } = deps
  if (catalog.readOnly) return { missing: [], unknown: [] }
  // Asked before the listing: what a run publishes and enters meanwhile is not taken for missing.
  const before = catalog.setStates(destination.id)
  const listed = await listSets(destination, before, signal)
  const missing: SetStateRow[] = []
  for (const set of before) {
    const isGone = set.state !== 'missing' && !listed.has(set.id) && (await isAbsent(destination, set, signal))
    if (isGone) missing.push(set)
  }
  catalog.transaction(() => {
    for (const { id } of missing) catalog.setState(destination.id, id, 'missing')
  })
  return { missing: missing.map(({ id }) => id), unknown: unknownOf(listed, destination.id, catalog) }
}

/** Ids of all sets below the folders in which a set is known: the journal grows for ever, and need not be walked for this. */
async function listSets(
  destination: Destination,
  known: readonly SetStateRow[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const folders = new Set(known.map((set) => prefixOf(set).split('/').slice(0, 2).join('/')))
  const found = new Set<string>()
  for (const folder of folders) {
    for await (const { key } of destination.list(`${folder}/`, signal)) {
      const id = key.endsWith(`/${MANIFEST_NAME}`) ? idOf(key.slice(0, -MANIFEST_NAME.length - 1)) : undefined
      if (id !== undefined) found.add(id)
    }
  }
  return found
}

/** Undefined for a folder that is not named like a set. */
function idOf(prefix: string): string | undefined {
  try {
    const { slug, name } = parseSetPrefix(prefix)
    return `${slug}/${name}`
  } catch {
    // A name that is none of ours is no fault of the place.
    return undefined
  }
}

/** Asked for by its name as well: some network file systems list less than there is. */
async function isAbsent(destination: Destination, set: SetStateRow, signal: AbortSignal): Promise<boolean> {
  try {
    const stream = await destination.get(`${prefixOf(set)}/${MANIFEST_NAME}`, signal)
    stream.destroy()
    return false
  } catch (error) {
    if (error instanceof BackupError && error.code === 'destination-object-missing') return true
    throw error
  }
}

function unknownOf(listed: ReadonlySet<string>, destination: string, catalog: Catalog): readonly string[] {
  const now = new Map(catalog.setStates(destination).map((set) => [set.id, set.state]))
  return [...listed].filter((id) => (now.get(id) ?? 'missing') === 'missing').sort()
}

function prefixOf({ id, type }: SetStateRow): string {
  return setPrefixFrom(id, type)
}

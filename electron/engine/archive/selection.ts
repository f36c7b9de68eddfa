/** What a restore takes out of an archive, and where each entry lands: decided before the first byte is written. */
import picomatch from 'picomatch'
import { nameProblem } from './entry.ts'
import { HostileName, type Ledger, type LedgerLine } from './ledger.ts'
import { archiveName, Roots, type TreeContent } from './roots.ts'

/**
 * Gives every wanted line of the ledger its destination. `only`: a path in the archive, below a root, as it was on the machine
 * it came from, a bare name at any depth, or a glob over any of these; a folder stands for all that is in it.
 * @returns how many lines are wanted
 * @throws HostileName where a destination would mean something else on this platform
 */
export function selectLines(
  ledger: Ledger,
  content: TreeContent,
  only: string | undefined,
  platform: NodeJS.Platform,
): number {
  const roots = new Roots(content)
  const isWanted = lineMatcher(content, only, platform)
  let wanted = 0
  for (const line of ledger.lines({ wanted: false })) {
    if (!isWanted(line.path)) continue
    ledger.setDest(line.id, safeDest(line, roots, platform))
    wanted += 1
  }
  for (const line of ledger.lines({ wanted: true, types: ['hardlink'] })) replaceLink(ledger, line)
  return wanted
}

function safeDest(line: LedgerLine, roots: Roots, platform: NodeJS.Platform): Buffer {
  const dest = roots.dest(line.path)
  if (dest === undefined) throw new HostileName(line.path, 'below none of the roots')
  const problem = nameProblem(dest, platform)
  if (problem !== undefined) throw new HostileName(line.path, problem)
  return dest
}

/** A hard link whose file is not wanted takes the file's place: the content is what the person asked for. */
function replaceLink(ledger: Ledger, link: LedgerLine): void {
  const file = link.target === undefined ? undefined : ledger.find(link.target)
  if (file?.type !== 'file') throw new HostileName(link.path, 'a hard link to something that is no file of this backup')
  if (file.dest !== undefined) return
  ledger.setDest(file.id, link.dest)
  ledger.setDest(link.id, undefined)
}

/** Whether `only` asks for a name of the archive; all are where it is undefined. */
export function lineMatcher(
  content: TreeContent,
  only: string | undefined,
  platform: NodeJS.Platform,
): (path: Buffer) => boolean {
  if (only === undefined) return () => true
  const roots = new Roots(content)
  const wanted = archiveName(only, platform).replace(/^\.\//, '')
  const isGlob = picomatch.scan(wanted).isGlob
  const matchesGlob = isGlob ? picomatch(wanted, { dot: true }) : () => false
  // A name without a separator is looked for everywhere, as in a .gitignore.
  const isBare = !wanted.includes('/')
  const matches = (name: string): boolean =>
    name === wanted || name.startsWith(`${wanted}/`) || (isGlob && matchesGlob(name))
  return (path) => {
    const place = roots.place(path)
    const rest = place?.rest.toString('utf8') ?? ''
    return (
      matches(path.toString('utf8')) ||
      (rest !== '' && (isBare ? rest.split('/').some((part) => matches(part)) : matches(rest))) ||
      matches(`${place?.name.toString('utf8') ?? ''}/${rest}`)
    )
  }
}

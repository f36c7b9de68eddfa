/** PostgreSQL's programs on this computer: where they are, which version, and which of them fit a server. */
import { posix, win32 } from 'node:path'
import type { World } from '../../world.ts'
import { collect } from './collect.ts'

/** One folder that holds client programs. */
export interface ClientTools {
  readonly folder: string
  readonly major: number
  /** As it calls itself: `15.18`. */
  readonly version: string
  /** Found by PATH: somebody chose it. */
  readonly isOnPath: boolean
}

/**
 * Which to use for a server (DESIGN §4): PATH's if it is not older than the server, else the lowest that is not. A pg_dump
 * refuses newer servers, and a much newer one writes what an older server may not understand.
 * @returns undefined where all are older
 */
export function chooseTools(installed: readonly ClientTools[], serverMajor: number): ClientTools | undefined {
  const fitting = installed.filter(({ major }) => major >= serverMajor)
  return fitting.find(({ isOnPath }) => isOnPath) ?? fitting.toSorted((a, b) => a.major - b.major)[0]
}

/** All that are installed, PATH's first; those that do not run are left out. */
export async function findTools(world: World, signal: AbortSignal): Promise<readonly ClientTools[]> {
  const onPath = pathFolders(world)
  const folders = [...onPath, ...(await usualFolders(world, signal))]
  const found: ClientTools[] = []
  const seen = new Set<string>()
  for (const [position, folder] of folders.entries()) {
    const real = await realFolder(folder, world)
    if (real === undefined || seen.has(real)) continue
    seen.add(real)
    const version = await versionIn(real, world, signal)
    if (version !== undefined) found.push({ ...version, folder: real, isOnPath: position < onPath.length })
  }
  return found
}

/** `9.6.24` is of major 9 and has no successor here; `15.18` is of major 15. */
export function versionOf(text: string): { version: string; major: number } | undefined {
  const version = /\(PostgreSQL\) (\d+(?:devel|beta\d+|rc\d+)|\d+(?:\.\d+)*)/.exec(text)?.[1]
  return version === undefined ? undefined : { version, major: Number.parseInt(version, 10) }
}

export function programIn(folder: string, name: string, world: World): string {
  return paths(world).join(folder, world.host.platform === 'win32' ? `${name}.exe` : name)
}

function pathFolders(world: World): string[] {
  const path = paths(world)
  const folders = process.env['PATH'] ?? process.env['Path'] ?? ''
  // The service starts in a folder of its own: a relative entry means something else there.
  return folders.split(path.delimiter).filter((folder) => path.isAbsolute(folder))
}

function paths(world: World): typeof posix {
  return world.host.platform === 'win32' ? win32 : posix
}

/** Where installers put them: Debian and Ubuntu, Red Hat, SUSE, Homebrew, EDB and Postgres.app on macOS, EDB on Windows. */
async function usualFolders(world: World, signal: AbortSignal): Promise<string[]> {
  if (world.host.platform === 'win32') return await windowsFolders(world, signal)
  const parents: readonly (readonly [string, RegExp, string])[] = [
    ['/usr/lib/postgresql', /^[\d.]+$/, 'bin'],
    ['/usr', /^pgsql-[\d.]+$/, 'bin'],
    ['/usr/lib', /^postgresql\d+$/, 'bin'],
    ['/opt/homebrew/opt', /^(?:postgresql(?:@[\d.]+)?|libpq)$/, 'bin'],
    ['/usr/local/opt', /^(?:postgresql(?:@[\d.]+)?|libpq)$/, 'bin'],
    ['/Library/PostgreSQL', /^[\d.]+$/, 'bin'],
    ['/Applications/Postgres.app/Contents/Versions', /^[\d.]+$/, 'bin'],
  ]
  const found = await Promise.all(parents.map(([parent, name, below]) => childFolders(parent, name, below, world)))
  return found.flat()
}

async function windowsFolders(world: World, signal: AbortSignal): Promise<string[]> {
  const views = await Promise.all(['/reg:64', '/reg:32'].map((view) => registryFolders(view, world, signal)))
  const roots = [process.env['ProgramW6432'], process.env['ProgramFiles'], process.env['ProgramFiles(x86)']]
  const programs = await Promise.all(
    roots
      .filter((root) => root !== undefined)
      .map((root) => childFolders(win32.join(root, 'PostgreSQL'), /^[\d.]+$/, 'bin', world)),
  )
  return [...views.flat(), ...programs.flat()]
}

async function registryFolders(view: string, world: World, signal: AbortSignal): Promise<string[]> {
  const key = 'HKLM\\SOFTWARE\\PostgreSQL\\Installations'
  const { stdout } = await collect(world, ['reg.exe', 'query', key, '/s', '/v', 'Base Directory', view], { signal })
  return baseDirectoriesIn(stdout.toString('utf8')).map((folder) => win32.join(folder, 'bin'))
}

/** What `reg query /v "Base Directory"` prints: a line of name, type and value for each installation. */
export function baseDirectoriesIn(text: string): string[] {
  return [...text.matchAll(/^\s+Base Directory\s+REG_\w+\s+(.+?)\s*$/gm)].map(([, folder = '']) => folder)
}

async function childFolders(parent: string, name: RegExp, below: string, world: World): Promise<string[]> {
  const path = paths(world)
  // Absent on most systems.
  const names = await world.files.readdir(parent).catch((): string[] => [])
  return names.filter((entry) => name.test(entry)).map((entry) => path.join(parent, entry, below))
}

/** Undefined where there is no pg_dump, or only Debian's wrapper, which picks a version by its own rules. */
async function realFolder(folder: string, world: World): Promise<string | undefined> {
  try {
    const real = await world.files.realpath(programIn(folder, 'pg_dump', world))
    return paths(world).basename(real) === 'pg_wrapper' ? undefined : paths(world).dirname(real)
  } catch {
    // Nothing of that name there.
    return undefined
  }
}

async function versionIn(
  folder: string,
  world: World,
  signal: AbortSignal,
): Promise<{ version: string; major: number } | undefined> {
  const { code, stdout } = await collect(world, [programIn(folder, 'pg_dump', world), '--version'], { signal })
  return code === 0 ? versionOf(stdout.toString('latin1')) : undefined
}

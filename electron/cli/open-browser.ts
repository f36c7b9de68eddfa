/** Opens a page in the person's browser, where there is one to open. */
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Whether a browser could show something here: a display, and a program that knows the default browser. */
export function canOpenBrowser(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (environment['SITEKEEP_HEADLESS'] === '1' || environment['CI'] === 'true') return false
  if (platform === 'win32' || platform === 'darwin') return true
  const hasDisplay = Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY'])
  return hasDisplay && onPath('xdg-open', environment)
}

/** True where a browser was asked. It is not waited for. */
export function openBrowser(url: string): boolean {
  if (!canOpenBrowser()) return false
  const [program, ...args] = opener(url)
  const child = spawn(program, args, { stdio: 'ignore', detached: true, windowsHide: true })
  // The address has been printed as well; a browser that does not start is no failure.
  child.on('error', () => undefined)
  child.unref()
  return true
}

function opener(url: string): readonly [string, ...string[]] {
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  return process.platform === 'darwin' ? ['open', url] : ['xdg-open', url]
}

function onPath(program: string, environment: Environment): boolean {
  return (environment['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Native dialogs and the file manager, on behalf of the page. */
import { stat } from 'node:fs/promises'
import { dialog, shell, type BrowserWindow } from 'electron'
import type { ConfirmedMethod, PickOptions } from '../contract/shell.ts'
import type { Summary } from '../contract/summary.ts'
import type { Language } from '../contract/words.ts'
import { mayShow } from './page-policy.ts'
import { shellWords } from './words.ts'

export async function pick(
  what: 'openFile' | 'openDirectory',
  { title, startAt }: PickOptions,
  parent: BrowserWindow | undefined,
): Promise<string | null> {
  const options: Electron.OpenDialogOptions = {
    properties: [what, 'showHiddenFiles', ...(what === 'openDirectory' ? (['createDirectory'] as const) : [])],
    ...(title === undefined ? {} : { title }),
    ...(startAt === undefined ? {} : { defaultPath: startAt }),
  }
  const answer = await (parent === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(parent, options))
  return answer.canceled ? null : (answer.filePaths[0] ?? null)
}

/** Whom a question is about, as the shell itself knows it: a page that was taken over must not choose these words. */
export function subjectOf(params: unknown, summary: Summary | undefined): string {
  const { job, destination, name = '' } = params as { job?: string; destination?: string; name?: string }
  if (job !== undefined) return summary?.jobs.find((known) => known.job === job || known.name === job)?.name ?? job
  if (destination === undefined) return name
  return summary?.destinations.find((known) => known.id === destination)?.name ?? destination
}

/** True where the person said yes; closing the dialog is a no. */
export async function confirm(
  method: ConfirmedMethod,
  subject: string,
  language: Language,
  parent: BrowserWindow | undefined,
): Promise<boolean> {
  const words = shellWords(language)
  const options: Electron.MessageBoxOptions = {
    type: 'warning',
    message: words.confirm[method],
    ...(subject === '' ? {} : { detail: subject }),
    buttons: [words.confirmYes, words.confirmNo],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  }
  const answer = await (parent === undefined ? dialog.showMessageBox(options) : dialog.showMessageBox(parent, options))
  return answer.response === 0
}

/** Answers whether it was shown. A file is shown in its folder, never opened: opening a program would start it. */
export async function showPath(path: string, knownPlaces: readonly string[]): Promise<boolean> {
  if (!mayShow(path, knownPlaces, process.platform)) return false
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return false
  if (found.isDirectory()) return (await shell.openPath(path)) === ''
  shell.showItemInFolder(path)
  return true
}

/** What no page may do, whatever it holds: navigate away, open windows, embed, get permissions, start programs (faults.md U06). */
import { app, session, shell } from 'electron'
import { mayOpenOutside } from './page-policy.ts'

/** Applies to every web contents that will ever exist in this process. */
export function lockDownContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => {
      event.preventDefault()
    })
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url)
      return { action: 'deny' }
    })
  })
}

/** Pages ask for nothing that needs a permission; so every answer is no. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false)
  })
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.setDevicePermissionHandler(() => false)
}

function openOutside(url: string): void {
  if (mayOpenOutside(url)) void shell.openExternal(url)
}
